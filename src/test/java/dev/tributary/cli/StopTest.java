package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.format.Lease;
import dev.tributary.format.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stop RUN}: what hears it, and what it says where nothing does. */
final class StopTest {
  private static final String JOB =
      """
      data.digits { train = 200, test = 100 }
      network { input = [28, 28, 1], layers = [{ type = flatten }, { type = affine, outputs = 10 }] }
      train { batch = 20, shards = 2, epochs = 1, optimizer { type = sgd, rate = 0.05 } }
      """;

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init")
  private InProcess verbs;

  @BeforeEach
  void begin() {
    verbs = new InProcess(folder, JOB);
  }

  @AfterEach
  void end() {
    verbs.close();
  }

  private static void awaitGone(Path file) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (Files.exists(file) && System.nanoTime() < until) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void endsARunAfterItsStepWithACheckpoint() throws Exception {
    Path run = folder.resolve("run");
    String[] train = {"train", verbs.job(), "-D", "run.dir=" + run, "-D", "train.epochs=1000000"};
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> code = executor.submit(() -> Main.run(train));
      while (!verbs.output().contains("epoch 2/")) {
        assertThat(code.isDone()).as(verbs.output()).isFalse();
        TimeUnit.MILLISECONDS.sleep(20);
      }
      Path request = run.resolve(RunDirectory.STOP);
      Files.writeString(request, "somebody@elsewhere, process 1, started long ago");
      awaitGone(request);
      assertThat(code.isDone()).as("another's is not its own: %s", verbs.output()).isFalse();
      verbs.run(0, "stop", run.toString());
      assertThat(verbs.output())
          .contains("process " + ProcessHandle.current().pid() + ", started ")
          .contains(
              "has heard it and ends after its step, with a checkpoint; train --resume " + run);
      assertThat(code.get(1, TimeUnit.MINUTES)).as(verbs.output()).isEqualTo(5);
    } finally {
      executor.shutdownNow();
    }
    assertThat(verbs.output()).contains("stopped on request after step ");
    JsonNode summary = InProcess.json(run.resolve("summary.json"));
    assertThat(summary.path("status").asText()).isEqualTo("stopped");
    long steps = summary.path("steps").asLong();
    assertThat(run.resolve(String.format("checkpoints/step-%012d.ckpt", steps))).exists();
    verbs.run(0, "stop", run.toString());
    assertThat(verbs.output()).contains("nothing to stop: the run in " + run + " is stopped");
  }

  @Test
  void aRunThatIsDoneHasNothingToStop() throws IOException {
    Path run = verbs.train(0);
    verbs.run(0, "stop", run.toString());
    assertThat(verbs.output()).contains("nothing to stop: the run in " + run + " is completed");
    assertThat(run.resolve(RunDirectory.STOP)).doesNotExist();
  }

  @Test
  void aRunThatDoesNotHearItIsNotStoppedLater() throws IOException {
    Path run = Files.createDirectories(folder.resolve("starting"));
    Files.writeString(run.resolve(RunDirectory.JOB), JOB);
    RunDirectory directory = RunDirectory.open(run.toString(), new Configuration());
    try (Lease held = directory.lease(60).take()) {
      verbs.run(5, "stop", run.toString(), "--wait", "1");
      assertThat(verbs.output())
          .contains("has not heard it in 1 s", held.owner(), "run this again", "--resume " + run);
    }
    assertThat(run.resolve(RunDirectory.STOP)).doesNotExist();
  }

  @Test
  void aDirectoryWithoutARunIsRefused() {
    verbs.run(2, "stop", folder.resolve("nowhere").toString());
    assertThat(verbs.output())
        .contains("nowhere holds no run that could be stopped: it has no job.conf")
        .contains("give the run directory");
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }
}
