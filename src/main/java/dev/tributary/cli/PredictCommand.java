package dev.tributary.cli;

import dev.tributary.job.JobException;
import dev.tributary.spark.Predictions;
import dev.tributary.spark.SampleSource;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code predict RUN --output DIR}: a trained model's predictions as a table. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a trained model's predictions as a table: id (the sample's place in the data, from"
          + " 0), label (empty where the data has none), prediction, and a column for each output"
          + " (probability_0, … where the model gives probabilities)."
    },
    footer = {
      "",
      "Examples:",
      "  deploy/submit predict runs/digits --output predictions",
      "  deploy/submit predict runs/mnist-lenet --data DIR/t10k --output t10k.parquet --format"
          + " parquet"
    })
final class PredictCommand implements Callable<Integer> {
  /** How a table is written. */
  enum Format {
    csv,
    parquet
  }

  @Parameters(index = "0", paramLabel = "RUN", description = "A run directory, or a model's.")
  private String run = "";

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "Data of the format that the run was trained on, as data.train names it, such as DIR/t10k"
              + " for IDX files; labels need not be there. By default the run's own test data.")
  private @Nullable String data;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "The directory to write, on any Hadoop filesystem. It must not be there yet.")
  private String output = "";

  @Option(
      names = "--format",
      paramLabel = "csv|parquet",
      description = "csv (with a header), the default, or parquet.")
  private Format format = Format.csv;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Spark.hadoop();
    SavedModel model = SavedModel.read(run, hadoop);
    SampleSource source = model.data(data, false);
    Path path = new Path(output);
    if (path.getFileSystem(hadoop).exists(path)) {
      throw new JobException(
          output + " is already there; nothing was written. Choose another --output, or remove it");
    }
    try (Spark spark = Spark.start("tributary predict " + run)) {
      Dataset<Row> table =
          new Predictions(spark.session(), model.objective()).of(source, model.weights());
      Predictions.write(table, format.name(), output);
    }
    String count = source.countIsExact() ? String.format("%,d ", source.count()) : "";
    System.out.printf("%spredictions in %s%n", count, output);
    return 0;
  }
}
