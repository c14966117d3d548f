package dev.tributary.cli;

import dev.tributary.spark.SampleSource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkEvaluation;
import dev.tributary.train.metrics.Evaluation;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evaluate RUN}: a trained model's accuracy and loss on labelled data. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Tells a trained model's accuracy and loss on labelled data, class by class.",
    footer = {
      "",
      "Examples:",
      "  deploy/submit evaluate runs/digits",
      "  deploy/submit evaluate runs/mnist-lenet --data DIR/t10k"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "RUN", description = "A run directory, or a model's.")
  private String run = "";

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "Data of the format that the run was trained on, as data.train names it, such as DIR/t10k"
              + " for IDX files. By default the run's own test data.")
  private @Nullable String data;

  @Override
  public Integer call() {
    Configuration hadoop = Spark.hadoop();
    SavedModel model = SavedModel.read(run, hadoop);
    SampleSource source = model.data(data, true);
    Evaluation result;
    try (Spark spark = Spark.start("tributary evaluate " + run);
        ShardedData shards = ShardedData.forEvaluation(spark.context(), source)) {
      result =
          new SparkEvaluation(spark.context(), model.objective(), shards).evaluate(model.weights());
    }
    System.out.println(source.describe());
    System.out.print(EvaluationText.of(result));
    return 0;
  }
}
