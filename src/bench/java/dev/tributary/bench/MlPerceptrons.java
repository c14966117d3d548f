package dev.tributary.bench;

import dev.tributary.spark.ml.NeuralNetClassifier;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * MLlib's perceptron and ours as stages of Spark ML, on the same cached DataFrame of MNIST, by the
 * same evaluator: accuracy on the test's 10,000 images, and seconds that {@code fit} takes.
 *
 * <pre>
 * src/bench/run dev.tributary.bench.MlPerceptrons DIR [all | ours | mllib] [ITERATIONS] [HIDDEN]
 * </pre>
 *
 * <p>DIR holds MNIST's four files; ITERATIONS, 100 by default, are of MLlib's L-BFGS; HIDDEN, 100
 * by default, are the units between the 784 pixels and the 10 classes.
 */
final class MlPerceptrons {
  private MlPerceptrons() {}

  /** Prints a line for each. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      System.err.println("MlPerceptrons DIR [all | ours | mllib] [ITERATIONS] [HIDDEN]");
      System.exit(2);
    }
    Path folder = Path.of(arguments[0]);
    String which = arguments.length > 1 ? arguments[1] : "all";
    int iterations = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
    int hidden = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 100;
    try (JavaSparkContext spark = BenchSpark.start("local[2]", null, Map.of())) {
      SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
      Dataset<Row> train = read(session, folder, "train").repartition(2).cache();
      Dataset<Row> test = read(session, folder, "t10k").repartition(2).cache();
      train.count();
      test.count();
      System.out.printf("%-62s %9s %8s%n", "estimator", "accuracy", "seconds");
      int[] layers = {784, hidden, 10};
      String shape = ", layers 784-" + hidden + "-10, ";
      if (!which.equals("mllib")) {
        for (int epochs : new int[] {6, 20}) {
          String name = "NeuralNetClassifier" + shape + epochs + " epochs";
          compare(name, ours(layers, epochs), train, test);
        }
      }
      if (!which.equals("ours")) {
        MultilayerPerceptronClassifier mllib =
            new MultilayerPerceptronClassifier()
                .setLayers(layers)
                .setMaxIter(iterations)
                .setSeed(1);
        String name = "MultilayerPerceptronClassifier" + shape + iterations + " iterations";
        compare(name, mllib, train, test);
      }
    }
  }

  private static NeuralNetClassifier ours(int[] layers, int epochs) {
    return new NeuralNetClassifier()
        .setLayers(layers)
        .setStepSize(0.003)
        .setSchedule("cosine")
        .setShards(2)
        .setMaxIter(epochs)
        .setSeed(1);
  }

  private static <M extends Model<M>> void compare(
      String name, Estimator<M> estimator, Dataset<Row> train, Dataset<Row> test) {
    long start = System.nanoTime();
    M model = estimator.fit(train);
    double seconds = (System.nanoTime() - start) / 1e9;
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(test));
    System.out.printf(Locale.ROOT, "%-62s %9.4f %8.1f%n", name, accuracy, seconds);
  }

  private static Dataset<Row> read(SparkSession session, Path folder, String part)
      throws IOException {
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType, false)
            .add("features", SQLDataTypes.VectorType(), false);
    List<Row> rows = new ArrayList<>();
    try (DataInputStream images = open(folder.resolve(part + "-images-idx3-ubyte.gz"));
        DataInputStream labels = open(folder.resolve(part + "-labels-idx1-ubyte.gz"))) {
      images.skipNBytes(4);
      int count = images.readInt();
      byte[] pixels = new byte[images.readInt() * images.readInt()];
      labels.skipNBytes(8);
      for (int i = 0; i < count; i++) {
        images.readFully(pixels);
        double[] x = new double[pixels.length];
        for (int j = 0; j < x.length; j++) {
          x[j] = (pixels[j] & 0xFF) / 255.0;
        }
        // MNIST is mostly zeros: both read sparse vectors.
        rows.add(RowFactory.create((double) labels.readByte(), Vectors.dense(x).compressed()));
      }
    }
    return session.createDataFrame(rows, schema);
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    return new DataInputStream(new BufferedInputStream(new GZIPInputStream(in)));
  }
}
