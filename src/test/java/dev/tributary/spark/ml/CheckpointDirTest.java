package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.job.Job;
import dev.tributary.train.StoppedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fit that was cut off goes on, to the bytes of one that was not. */
final class CheckpointDirTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  private static NeuralNetClassifier classifier(int epochs) {
    return new NeuralNetClassifier()
        .setLayers(new int[] {2, 8, 3})
        .setMaxIter(epochs)
        .setBatchSize(10)
        .setShards(2)
        .setCheckpointInterval(1)
        .setCheckpointDir(folder.toString());
  }

  private static List<Path> checkpoints() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> Files.isRegularFile(f) && f.toString().contains("/checkpoints/"))
          .filter(f -> !f.getFileName().toString().startsWith("."))
          .toList();
    } catch (UncheckedIOException e) {
      // A file went while the folder was walked: they come and go.
      return List.of();
    }
  }

  @Test
  void aFitThatWasCutOffGoesOn() throws IOException {
    Dataset<Row> rows = clouds(60);
    int epochs = 10;
    Vector expected = classifier(epochs).setCheckpointDir("").fit(rows).weights();
    NeuralNetClassifier classifier = classifier(epochs);
    Job job = FitJob.of(classifier, "features", "label", true, NeuralNetClassifier.DEFAULT_LOSS);
    AtomicInteger steps = new AtomicInteger();
    Fitting cutOff =
        new Fitting(classifier, job, true).stoppedBy(() -> steps.incrementAndGet() == 20);
    assertThatThrownBy(() -> cutOff.fit(rows)).isInstanceOf(StoppedException.class);
    assertThat(checkpoints()).isNotEmpty();
    // Another job, or other data, begins at its first step.
    assertThat(classifier(2).setSeed(2).fit(rows).summary().resumedFrom()).isNull();
    assertThat(checkpoints()).isNotEmpty();
    NeuralNetClassificationModel model = classifier(epochs).fit(rows);
    assertThat(model.summary().resumedFrom()).isEqualTo(20);
    assertThat(model.weights()).isEqualTo(expected);
    assertThat(checkpoints()).as("they go when the fit is done").isEmpty();
  }
}
