package dev.tributary.spark.ml;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/** Spark testing base's session and comparisons of DataFrames, and small datasets. */
abstract class MlTest extends JavaDatasetSuiteBase {
  private static final long serialVersionUID = 1L;

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
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.sql.shuffle.partitions", "2");
  }

  SparkSession session() {
    return sqlContext().sparkSession();
  }

  static StructType schema(DataType label) {
    return new StructType()
        .add("label", label, true)
        .add("features", SQLDataTypes.VectorType(), true);
  }

  Dataset<Row> frame(List<Row> rows) {
    return session().createDataFrame(rows, schema(DataTypes.DoubleType));
  }

  static Row row(Object label, double... features) {
    return RowFactory.create(label, Vectors.dense(features));
  }

  /** The exclusive or, which no linear model learns. */
  Dataset<Row> xor() {
    return frame(List.of(row(0.0, 0, 0), row(1.0, 0, 1), row(1.0, 1, 0), row(0.0, 1, 1)));
  }

  static NeuralNetClassifier xorClassifier() {
    return new NeuralNetClassifier()
        .setLayers(new int[] {2, 5, 2})
        .setMaxIter(120)
        .setBatchSize(4)
        .setShards(1)
        .setStepSize(0.1)
        .setSeed(123);
  }

  /** Flowers of three kinds, from the three-class logistic model of MLlib's own tests. */
  static List<Row> flowers(int count, long seed) {
    double[] coefficients = {
      -0.57997, 0.912083, -0.371077, -0.819866, 2.688191,
      -0.16624, -0.84355, -0.048509, -0.301789, 4.170682
    };
    double[] mean = {5.843, 3.057, 3.758, 1.199};
    double[] variance = {0.6856, 0.1899, 3.116, 0.581};
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] x = new double[4];
      for (int j = 0; j < 4; j++) {
        x[j] = mean[j] + Math.sqrt(variance[j]) * random.nextGaussian();
      }
      double[] chance = {1, 0, 0};
      double sum = 1;
      for (int c = 0; c < 2; c++) {
        double margin = coefficients[c * 5 + 4];
        for (int j = 0; j < 4; j++) {
          margin += coefficients[c * 5 + j] * x[j];
        }
        chance[c + 1] = Math.exp(margin);
        sum += chance[c + 1];
      }
      double p = random.nextDouble() * sum;
      int label = p < chance[0] ? 0 : p < chance[0] + chance[1] ? 1 : 2;
      rows.add(row((double) label, x));
    }
    return rows;
  }

  /** Three clouds of points, far from each other. */
  Dataset<Row> clouds(int count) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int c = i % 3;
      rows.add(
          row(
              (double) c,
              3 * (c == 1 ? 1 : 0) + random.nextGaussian() / 2,
              3 * (c == 2 ? 1 : 0) + random.nextGaussian() / 2));
    }
    return frame(rows);
  }

  static float[] floats(Vector weights) {
    float[] values = new float[weights.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) weights.apply(i);
    }
    return values;
  }
}
