package dev.tributary.spark.ml;

import dev.tributary.data.DataException;
import dev.tributary.data.image.Fit;
import dev.tributary.data.packed.Storage;
import dev.tributary.job.BadRowRule;
import dev.tributary.job.Job;
import dev.tributary.job.TableSpec;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.Sources;
import dev.tributary.spark.SparkEvaluation;
import dev.tributary.train.metrics.Evaluation;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;

/** A model's metrics on a dataset, by the same evaluation as the command line's. */
final class ModelEvaluation {
  private ModelEvaluation() {}

  /**
   * All metrics by name.
   *
   * @param params the model
   * @param classes whether a class is predicted, and not numbers
   * @throws IllegalArgumentException if the dataset is not what it should be
   */
  static Map<String, Double> of(
      Dataset<?> dataset,
      TrainedNetwork network,
      ScoringParams<?> params,
      String features,
      String label,
      boolean classes) {
    SparkSession session = dataset.sparkSession();
    TableSpec spec =
        new TableSpec(
            "parquet",
            Map.of(),
            List.of(features),
            null,
            false,
            Fit.STRETCH,
            List.of(),
            List.of(label),
            classes,
            ParamAccess.text(params, params.weightCol()),
            new BadRowRule(params.getHandleInvalid().equals("skip"), 1));
    Job.DataSpec data =
        new Job.DataSpec(
            null, spec, null, null, null, null, 0, 0, new Job.Made(0, 0, 0), false, Storage.AUTO);
    Sources sources =
        new Sources(
                data,
                network.objective().network(),
                network.objective().preparation(),
                session.sessionState().newHadoopConf())
            .from(new FrameTables(Map.of(FitJob.TRAIN, dataset.toDF())));
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    try (ShardedData sharded = ShardedData.forEvaluation(context, sources.files(FitJob.TRAIN))) {
      Evaluation evaluation =
          new SparkEvaluation(context, network.objective(), sharded).evaluate(network.weights());
      return evaluation.metrics();
    } catch (DataException e) {
      throw new IllegalArgumentException(params.uid() + ": " + e.getMessage(), e);
    }
  }
}
