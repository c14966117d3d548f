package dev.tributary.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases where clocks are wrong and filesystems are not what they should be. */
final class LeaseTest {
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);

  @TempDir private java.nio.file.Path folder;
  private FileSystem files = new FilterFileSystem();
  private Path file = new Path("/");

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration());
    file = new Path(folder.resolve("lease").toUri());
  }

  private Lease lease(FileSystem on) {
    return new Lease(on, file, 1);
  }

  /** A lease whose holder is gone, last renewed at this time by its filesystem's clock. */
  private void leave(long time) throws IOException {
    try (var out = files.create(file, false)) {
      out.writeBytes("{\"holder\": \"gone\", \"millis\": 1000}");
    }
    files.setTimes(file, time, -1);
  }

  private long seconds(long since) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
  }

  @Test
  void aClockThatWasSetBackKeepsNoDeadHolderAlive() throws IOException {
    leave(System.currentTimeMillis() + HOUR);
    long start = System.nanoTime();
    lease(files).take().close();
    assertThat(seconds(start)).isLessThan(60);
  }

  @Test
  void aHolderWhoseClockIsSlowKeepsItsLease() throws IOException {
    FileSystem slow =
        new FilterFileSystem(files) {
          @Override
          public void setTimes(Path path, long modified, long read) throws IOException {
            super.setTimes(path, modified - HOUR, read);
          }
        };
    try (Lease held = lease(slow).take()) {
      assertThatThrownBy(() -> lease(files).take())
          .isInstanceOf(LeaseException.class)
          .hasMessageContaining("another process writes to");
      held.check();
    }
  }

  /** As object stores do: their setTimes does nothing. */
  @Test
  void renewsWhereTimesCannotBeSet() throws IOException {
    FileSystem timeless =
        new FilterFileSystem(files) {
          @Override
          public void setTimes(Path path, long modified, long read) {}
        };
    try (Lease held = lease(timeless).take()) {
      assertThatThrownBy(() -> lease(timeless).take())
          .isInstanceOf(LeaseException.class)
          .hasMessageContaining("it renews lease");
      held.check();
    }
  }

  @Test
  void onePassingFaultOfTheFilesystemDoesNotLoseIt() throws Exception {
    AtomicInteger faults = new AtomicInteger();
    FileSystem faulty =
        new FilterFileSystem(files) {
          @Override
          public void setTimes(Path path, long modified, long read) throws IOException {
            if (faults.getAndIncrement() == 0) {
              throw new IOException("no route to host");
            }
            super.setTimes(path, modified, read);
          }
        };
    try (Lease held = lease(faulty).take()) {
      while (faults.get() < 2) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      held.check();
    }
  }

  /** Of two that find a dead holder's lease, one must not take the other's new one. */
  @Test
  void aTakenOverLeaseIsNotTakenAgain() throws IOException {
    leave(0);
    FileSystem late =
        new FilterFileSystem(files) {
          @Override
          public boolean rename(Path from, Path to) throws IOException {
            if (from.equals(file)) {
              // Just before, another takes it.
              super.delete(from, false);
              try (var out = super.create(from, false)) {
                out.writeBytes("{\"holder\": \"faster\", \"millis\": 1000}");
              }
              super.rename(from, to);
              return true;
            }
            return super.rename(from, to);
          }
        };
    // The faster one does not renew here, so in the end it is taken over in its turn.
    try (Lease second = lease(new OnceLate(late, files)).take()) {
      second.check();
    }
    assertThat(files.exists(file)).isFalse();
    assertThat(files.listStatus(new Path(folder.toUri()))).isEmpty();
  }

  /** The first rename by one filesystem, all else by another. */
  private static final class OnceLate extends FilterFileSystem {
    private final FileSystem first;
    private boolean isUsed;

    OnceLate(FileSystem first, FileSystem others) {
      super(others);
      this.first = first;
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      if (isUsed) {
        return super.rename(from, to);
      }
      isUsed = true;
      return first.rename(from, to);
    }
  }
}
