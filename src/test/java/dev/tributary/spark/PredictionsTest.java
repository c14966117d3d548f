package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import dev.tributary.data.Samples;
import dev.tributary.data.TestSamples;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.metrics.Classification;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions as tables, with Spark testing base's comparisons of DataFrames. */
final class PredictionsTest extends JavaDatasetSuiteBase {
  private static final long serialVersionUID = 1L;

  private static final Samples SAMPLES =
      TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 333, 3);

  @BeforeEach
  void startSpark() {
    runBefore();
  }

  @AfterAll
  static void stopSpark() {
    runAfterClass();
  }

  @Override
  public boolean enableHiveSupport() {
    return false;
  }

  @Override
  public SparkConf conf() {
    return super.conf()
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }

  private final Objective objective = TestObjectives.cnnWithDropout();
  private final float[] weights = objective.network().initialValues(4);

  private Dataset<Row> predictions() {
    SparkSession session = sqlContext().sparkSession();
    return new Predictions(session, objective).of(new Source(SAMPLES), weights);
  }

  /** A source whose blocks lie as its slices do, as files' do. */
  private record Source(Samples samples) implements SampleSource {
    @Override
    public dev.tributary.data.Schema schema() {
      return samples.schema();
    }

    @Override
    public long count() {
      return samples.count();
    }

    @Override
    public String describe() {
      return "memory";
    }

    @Override
    public org.apache.spark.api.java.JavaRDD<Samples> read(
        org.apache.spark.api.java.JavaSparkContext spark, int slices) {
      return spark
          .parallelize(Range.cut(count(), slices), slices)
          .map(
              range -> {
                Samples block = new Samples(TestObjectives.SHAPE, 0);
                for (int i = (int) range.from(); i < range.to(); i++) {
                  TestSamples.add(block, TestObjectives.CLASSES, i, 3);
                }
                return block;
              });
    }
  }

  @Test
  void agreeWithTheEvaluation() {
    Dataset<Row> table = predictions();
    assertThat(table.columns())
        .containsExactly(
            "id",
            "label",
            "prediction",
            "probability_0",
            "probability_1",
            "probability_2",
            "probability_3");
    assertThat(table.count()).isEqualTo(333);
    assertThat(table.select("id").distinct().count()).isEqualTo(333);
    for (Row row : table.collectAsList()) {
      assertThat(row.getInt(1)).isEqualTo(SAMPLES.label((int) row.getLong(0)));
      float sum = row.getFloat(3) + row.getFloat(4) + row.getFloat(5) + row.getFloat(6);
      assertThat(sum).isBetween(0.99999f, 1.00001f);
      for (int j = 0; j < 4; j++) {
        assertThat(row.getFloat(3 + j)).isLessThanOrEqualTo(row.getFloat(3 + row.getInt(2)));
      }
    }
    Classification expected = TestObjectives.evaluation(objective);
    try (Predictor predictor = new Predictor(objective, weights)) {
      for (var shard : TestSamples.shards(SAMPLES, 4, 1)) {
        expected.add(predictor.evaluate(shard));
      }
    }
    assertThat(table.where("label = prediction").count()).isEqualTo(expected.correct());
  }

  @Test
  void areTheSameAsCsvAndAsParquet(@TempDir Path folder) {
    Dataset<Row> table = predictions().orderBy("id");
    Predictions.write(table, "csv", folder.resolve("csv").toString());
    Predictions.write(table, "parquet", folder.resolve("parquet").toString());
    SparkSession session = sqlContext().sparkSession();
    Dataset<Row> parquet = session.read().parquet(folder.resolve("parquet").toString());
    Dataset<Row> csv =
        session
            .read()
            .option("header", "true")
            .schema(table.schema())
            .csv(folder.resolve("csv").toString());
    assertDataFrameDataEquals(parquet.orderBy("id"), table);
    assertDataFrameApproximateEquals(csv.orderBy("id"), parquet.orderBy("id"), 1e-6);
  }
}
