package dev.tributary.format;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Step;
import dev.tributary.train.Snapshot;
import dev.tributary.train.TrainedStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When checkpoints are due, and what becomes of them behind the training. */
final class CheckpointWriterTest {
  private static final int STEPS_PER_EPOCH = 4;

  @TempDir private Path folder;
  private final RawLocalFileSystem files = new RawLocalFileSystem();
  private Lease lease;

  @BeforeEach
  void open() throws IOException {
    files.initialize(folder.toUri(), new Configuration());
    lease = RunDirectory.open(folder.toString(), new Configuration()).lease(30).take();
  }

  @AfterEach
  void close() throws IOException {
    lease.close();
  }

  private CheckpointWriter writer(
      FileSystem system, int every, CheckpointWriter.Unit unit, boolean keepsBest) {
    return new CheckpointWriter(
        new Checkpoints(system, new org.apache.hadoop.fs.Path(folder.resolve("c").toUri())),
        lease,
        new CheckpointWriter.Plan(every, unit, 2, keepsBest),
        () -> false,
        new Checkpoint.Origin("a = 1", Map.of(), Map.of()));
  }

  private static TrainedStep step(long number) {
    return new TrainedStep(Step.of(number, STEPS_PER_EPOCH), 0.1, 8, 8, 1);
  }

  private static Snapshot snapshot(long step) {
    Snapshot snapshot = new Snapshot();
    snapshot.put("step", step);
    snapshot.put("values", new float[1000]);
    return snapshot;
  }

  private List<String> names() throws IOException {
    try (var names = Files.list(folder.resolve("c"))) {
      return names.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static List<Long> due(CheckpointWriter writer) {
    return LongStream.range(0, 17).filter(n -> writer.isDue(step(n))).boxed().toList();
  }

  @Test
  void isDueEverySoManyStepsOrEpochs() {
    try (CheckpointWriter steps = writer(files, 5, CheckpointWriter.Unit.STEPS, false);
        CheckpointWriter epochs = writer(files, 2, CheckpointWriter.Unit.EPOCHS, false);
        CheckpointWriter minutes = writer(files, 10, CheckpointWriter.Unit.MINUTES, true)) {
      assertThat(due(steps)).containsExactly(4L, 9L, 14L);
      assertThat(due(epochs)).containsExactly(7L, 15L);
      assertThat(due(minutes)).isEmpty();
      assertThat(steps.keepsBest()).isFalse();
      assertThat(minutes.keepsBest()).isTrue();
    }
  }

  @Test
  void writesTheNewestAndTheBestUntilItIsClosed() throws IOException {
    try (CheckpointWriter writer = writer(files, 1, CheckpointWriter.Unit.STEPS, true)) {
      writer.save(completedFuture(snapshot(3)), true);
      writer.save(completedFuture(snapshot(4)), false);
    }
    assertThat(names()).containsExactly("best-000000000003.ckpt", "step-000000000004.ckpt");
  }

  /** One that is still on its way is awaited; of one that is lost the writer says so. */
  @Test
  void waitsForWhatIsOnItsWay() throws IOException {
    CompletableFuture<Snapshot> lost = new CompletableFuture<>();
    CompletableFuture<Snapshot> slow = new CompletableFuture<>();
    CheckpointWriter writer = writer(files, 1, CheckpointWriter.Unit.STEPS, false);
    try (writer) {
      writer.save(lost, false);
      lost.completeExceptionally(new IllegalStateException("the executors are gone"));
      writer.save(slow, true);
      assertThat(folder.resolve("c/best-000000000005.ckpt")).doesNotExist();
      slow.complete(snapshot(5));
    }
    assertThat(names()).containsExactly("best-000000000005.ckpt");
  }

  /** It is told of, training goes on, and the next one is written when there is room. */
  @Test
  void aFullDiskDoesNotEndTheRun() throws IOException {
    FullDisk disk = new FullDisk(files, 6000);
    try (CheckpointWriter writer = writer(disk, 1, CheckpointWriter.Unit.STEPS, false)) {
      writer.save(completedFuture(snapshot(1)), false);
    }
    try (CheckpointWriter writer = writer(disk, 1, CheckpointWriter.Unit.STEPS, false)) {
      writer.save(completedFuture(snapshot(2)), false);
      assertThat(writer.isDue(step(1))).isTrue();
    }
    assertThat(names()).containsExactly("step-000000000001.ckpt");
    disk.free(6000);
    try (CheckpointWriter writer = writer(disk, 1, CheckpointWriter.Unit.STEPS, false)) {
      writer.save(completedFuture(snapshot(3)), false);
    }
    assertThat(names()).containsExactly("step-000000000001.ckpt", "step-000000000003.ckpt");
  }

  /** Another process has the directory now: nothing is written there, and the run ends. */
  @Test
  void writesNothingWithoutTheLease() throws IOException {
    files.delete(new org.apache.hadoop.fs.Path(folder.resolve("lease").toUri()), false);
    try (Lease other = RunDirectory.open(folder.toString(), new Configuration()).lease(30).take()) {
      CheckpointWriter writer = writer(files, 1, CheckpointWriter.Unit.STEPS, false);
      assertThat(writer.isDue(step(1))).isTrue();
      writer.save(completedFuture(snapshot(2)), false);
      writer.close();
      assertThat(folder.resolve("c")).doesNotExist();
      assertThatThrownBy(() -> writer.isDue(step(2)))
          .isInstanceOf(LeaseException.class)
          .hasMessageContaining("another process has taken the lease")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      other.check();
    }
  }
}
