package dev.tributary.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** One process writes to a run's directory at a time. */
final class RunDirectoryTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path file;
  private RunDirectory run;

  @BeforeEach
  void open() throws IOException {
    run = RunDirectory.open(folder.resolve("run").toString(), new Configuration());
    file = folder.resolve("run/lease");
  }

  /** A lease file of another process, as it leaves it when it is killed. */
  private void left(LeaseOwner owner, long seconds) throws IOException {
    Files.createDirectories(file.getParent());
    // Hadoop's own checksum would be of the file before.
    Files.deleteIfExists(file.resolveSibling(".lease.crc"));
    ObjectNode content =
        JSON.createObjectNode().put("holder", "other").put("millis", seconds * 1000);
    content.set("owner", JSON.valueToTree(owner.json()));
    Files.writeString(file, content.toString());
  }

  private static LeaseOwner elsewhere() {
    return new LeaseOwner("ann", "far", 7, "2026-01-02T03:04:05Z", "another boot");
  }

  @Test
  void theSecondIsToldWhoTheFirstIs() throws IOException {
    try (Lease first = run.begin(30)) {
      assertThatThrownBy(() -> run.begin(30))
          .isInstanceOf(LeaseException.class)
          .hasMessageMatching(
              "another process writes to .*/run: .*@.*, process "
                  + ProcessHandle.current().pid()
                  + ", started 2.* \\(it renews lease\\); nothing was changed: run this"
                  + " again when it is done");
      run.write(RunDirectory.JOB, "a = 1");
      assertThatThrownBy(() -> run.begin(30)).isInstanceOf(LeaseException.class);
      first.check();
    }
    assertThatThrownBy(() -> run.begin(30)).isInstanceOf(OccupiedException.class);
    assertThat(file).doesNotExist();
    run.lease(30).take().close();
  }

  /** Its process is gone from this machine, so nothing is waited for. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theLeaseOfAKilledProcessHereIsTakenAtOnce() throws IOException, InterruptedException {
    LeaseOwner here = LeaseOwner.here();
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    left(new LeaseOwner("ann", "h", process.pid(), here.started(), here.machine()), 3600);
    run.begin(30).close();
    // The same number, another process.
    left(new LeaseOwner("ann", "h", here.pid(), "2020-01-01T00:00:00Z", here.machine()), 3600);
    run.begin(30).close();
  }

  @Test
  void theLeaseOfAProcessElsewhereIsTakenWhenItsTimeIsOver() throws IOException {
    left(elsewhere(), 1);
    long start = System.nanoTime();
    try (Lease heir = run.begin(1)) {
      heir.check();
      assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
    }
  }

  @Test
  void theLeaseOfAProcessElsewhereThatRenewsItIsNot() throws IOException, InterruptedException {
    left(elsewhere(), 2);
    AtomicBoolean isOver = new AtomicBoolean();
    Thread renewal =
        new Thread(
            () -> {
              while (!isOver.get()) {
                try {
                  Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
                  TimeUnit.MILLISECONDS.sleep(100);
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    renewal.start();
    try {
      assertThatThrownBy(() -> run.begin(30))
          .isInstanceOf(LeaseException.class)
          .hasMessageContaining(": ann@far, process 7, started 2026-01-02T03:04:05Z (it renews");
    } finally {
      isOver.set(true);
      renewal.join();
    }
    assertThat(Files.readString(file)).contains("another boot");
  }

  /** A holder that slept too long finds that it is no longer the one. */
  @Test
  void whoLosesItNoticesWhenItRenews() throws IOException, InterruptedException {
    try (Lease lease = run.begin(1)) {
      assertThat(lease.lost()).isNull();
      left(elsewhere(), 60);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (lease.lost() == null && System.nanoTime() < until) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertThat(lease.lost())
          .hasMessageContaining("(ann@far, process 7, started 2026-01-02T03:04:05Z)");
    }
    assertThat(file).as("the other's lease").exists();
  }
}
