package dev.tributary.bench;

import dev.tributary.job.Assembly;
import dev.tributary.nn.Network;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.spark.ml.NeuralNetClassificationModel;
import dev.tributary.spark.ml.NeuralNetClassifier;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows a second that a model's {@code transform} scores in local mode, beside those that the
 * engine's forward pass alone does on as many threads with the same rows at once:
 *
 * <pre>src/bench/run dev.tributary.bench.ScoringBench [ROWS] [BLOCK] [THREADS]</pre>
 *
 * <p>Rows are vectors of 784 numbers in Spark's memory, 50,000 different ones that are read again
 * until there are ROWS (1,000,000), so that they fit; each comes out with its three columns.
 */
final class ScoringBench {
  private static final int FEATURES = 784;
  private static final int DIFFERENT = 50_000;

  private ScoringBench() {}

  /** Prints a line for each network. */
  public static void main(String[] arguments) throws Exception {
    int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    int block = arguments.length > 1 ? Integer.parseInt(arguments[1]) : Predictor.BATCH;
    int threads = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
    try (JavaSparkContext spark =
        BenchSpark.start(
            "local[" + threads + "]", null, Map.of("spark.sql.shuffle.partitions", "2"))) {
      SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
      Dataset<Row> different = rows(session, threads).cache();
      different.count();
      System.out.printf(
          "%-22s %9s %6s %14s %14s %7s%n",
          "network", "rows", "block", "forward/s", "transform/s", "ratio");
      for (int hidden : new int[] {256, 1024}) {
        compare(different, new int[] {FEATURES, hidden, hidden, 10}, rows, block, threads);
      }
    }
  }

  private static Dataset<Row> rows(SparkSession session, int threads) {
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType, false)
            .add("features", SQLDataTypes.VectorType(), false);
    return session
        .range(0, DIFFERENT, 1, threads)
        .map((MapFunction<Long, Row>) ScoringBench::row, Encoders.row(schema));
  }

  private static Row row(long id) {
    Random random = new Random(id);
    double[] x = new double[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      x[j] = random.nextFloat();
    }
    return RowFactory.create((double) (id % 10), Vectors.dense(x));
  }

  private static void compare(Dataset<Row> different, int[] sizes, int rows, int block, int threads)
      throws Exception {
    StringBuilder layers = new StringBuilder();
    for (int i = 1; i < sizes.length; i++) {
      layers.append(i > 1 ? ", {\"type\": \"relu\"}, " : "");
      layers.append("{\"type\": \"affine\", \"outputs\": ").append(sizes[i]).append('}');
    }
    String network = "{\"input\": [" + sizes[0] + "], \"layers\": [" + layers + "]}";
    // Any weights will do: a fit to a few rows gives a model.
    NeuralNetClassificationModel model =
        new NeuralNetClassifier()
            .setNetwork(network)
            .setMaxIter(1)
            .setShards(1)
            .fit(different.limit(256))
            .setBlockSize(block);
    Dataset<Row> all = different;
    for (int n = DIFFERENT; n < rows; n += DIFFERENT) {
      all = all.union(different);
    }
    Dataset<Row> scored = model.transform(all);
    drain(model.transform(different));
    double forward = forward(network, block, threads);
    long start = System.nanoTime();
    drain(scored);
    double transform = rows / ((System.nanoTime() - start) / 1e9);
    forward = Math.max(forward, forward(network, block, threads));
    System.out.printf(
        Locale.ROOT,
        "%-22s %,9d %6d %,14.0f %,14.0f %7.2f%n",
        java.util.Arrays.toString(sizes).replaceAll("[\\[\\] ]", "").replace(',', '-'),
        rows,
        block,
        forward,
        transform,
        transform / forward);
  }

  /** Computes every column of every row, and keeps none. */
  private static void drain(Dataset<Row> dataset) {
    dataset.write().format("noop").mode("overwrite").save();
  }

  /** The forward pass of a full batch, over and over: the faster of two spells of 3 s. */
  private static double forward(String text, int block, int threads) throws Exception {
    Network network = Assembly.network(text, "bench");
    Objective objective = new Objective(network, new SoftmaxCrossEntropy(), Assembly.engine(), 1);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Double>> work = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        work.add(() -> forward(objective, block));
      }
      double sum = 0;
      for (Future<Double> rate : pool.invokeAll(work)) {
        sum += rate.get();
      }
      return sum;
    } finally {
      pool.shutdown();
    }
  }

  private static double forward(Objective objective, int block) {
    try (Predictor predictor =
        new Predictor(objective, objective.network().initialValues(1), block)) {
      float[] x = predictor.features(block);
      Random random = new Random(1);
      for (int i = 0; i < block * FEATURES; i++) {
        x[i] = random.nextFloat();
      }
      double best = 0;
      for (int spell = 0; spell < 2; spell++) {
        long start = System.nanoTime();
        long done = 0;
        while (System.nanoTime() - start < 3_000_000_000L) {
          predictor.outputs();
          done += block;
        }
        best = Math.max(best, done / ((System.nanoTime() - start) / 1e9));
      }
      return best;
    }
  }
}
