package dev.tributary.bench;

import dev.tributary.data.Samples;
import dev.tributary.spark.SampleSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationModel;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.jdk.javaapi.CollectionConverters;

/**
 * MLlib's MultilayerPerceptronClassifier: sigmoid hidden layers, softmax, double precision, each
 * iteration over the whole data set.
 */
final class MllibPerceptron {
  private static final long SEED = 1;

  private final SparkSession session;
  private final Dataset<Row> train;
  private final Dataset<Row> test;
  private final int[] layers;
  private final AtomicInteger passes = new AtomicInteger();

  /**
   * One training.
   *
   * @param seconds that {@code fit} took
   * @param passes over the data set: gradients computed
   * @param accuracy on the test samples; evaluated afterwards
   */
  record Fit(double seconds, int passes, double accuracy) {}

  /** On two sources, whose samples are kept in memory before anything is timed. */
  MllibPerceptron(
      JavaSparkContext spark, SampleSource train, SampleSource test, int tasks, int... layers) {
    session = SparkSession.builder().getOrCreate();
    this.train = rows(spark, train, tasks);
    this.test = rows(spark, test, tasks);
    this.layers = layers;
    spark.sc().addSparkListener(new Passes(passes));
  }

  private Dataset<Row> rows(JavaSparkContext spark, SampleSource source, int tasks) {
    StructType schema =
        new StructType(
            new StructField[] {
              new StructField("label", DataTypes.DoubleType, false, Metadata.empty()),
              new StructField("features", SQLDataTypes.VectorType(), false, Metadata.empty())
            });
    JavaRDD<Row> rows = source.read(spark, tasks).flatMap(MllibPerceptron::rows);
    Dataset<Row> all = session.createDataFrame(rows, schema).persist(StorageLevel.MEMORY_ONLY());
    all.count();
    return all;
  }

  private static Iterator<Row> rows(Samples samples) {
    float[] pixels = new float[samples.shape().size()];
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < samples.count(); i++) {
      samples.write(i, pixels, 0);
      double[] features = new double[pixels.length];
      for (int j = 0; j < pixels.length; j++) {
        features[j] = pixels[j];
      }
      rows.add(RowFactory.create((double) samples.label(i), Vectors.dense(features)));
    }
    return rows.iterator();
  }

  /** Trains from the same start for so many iterations. */
  Fit fit(String solver, int blockSize, int iterations) {
    MultilayerPerceptronClassifier perceptron =
        new MultilayerPerceptronClassifier()
            .setLayers(layers)
            .setSolver(solver)
            .setBlockSize(blockSize)
            .setMaxIter(iterations)
            .setTol(0)
            .setSeed(SEED);
    passes.set(0);
    long start = System.nanoTime();
    MultilayerPerceptronClassificationModel model = perceptron.fit(train);
    double seconds = (System.nanoTime() - start) / 1e9;
    int made = passes.get();
    Dataset<Row> predictions = model.transform(test);
    long right =
        predictions.filter(predictions.col("label").equalTo(predictions.col("prediction"))).count();
    return new Fit(seconds, made, (double) right / test.count());
  }

  /** Counts the jobs that add up a gradient. */
  private static final class Passes extends SparkListener {
    private final AtomicInteger passes;

    Passes(AtomicInteger passes) {
      this.passes = passes;
    }

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      boolean isPass =
          CollectionConverters.asJava(job.stageInfos()).stream()
              .anyMatch(stage -> stage.name().startsWith("treeAggregate"));
      if (isPass) {
        passes.incrementAndGet();
      }
    }
  }
}
