package dev.tributary.bench;

import dev.tributary.spark.ExchangeKind;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * What growth measured, as constants, and what {@link ExchangeKind} makes of such for clusters that
 * are not here.
 *
 * <p>On one machine of C cores, E executors share the cores, so that what each does for itself is
 * done E / C times in a row: a step's overhead is {@code a + b E + c E bytes / C}, with a latency
 * a, b for each task, and c for each byte that an executor sends and receives; where executors send
 * each other messages, {@code + m E (E − 1) / C} for them.
 */
final class GrowthModel {
  private static final int[] MANY = {64, 256, 1024};
  private static final long[] WEIGHTS = {1_000_000, 25_000_000, 100_000_000};
  private static final double[] GIGABITS = {10, 25};
  private static final int FAN_IN = 8;

  private GrowthModel() {}

  static void print(List<GrowthBench.Row> rows, PrintStream out) {
    for (String exchange : List.of("tree", "slices")) {
      fit(rows.stream().filter(row -> row.exchange().equals(exchange)).toList(), exchange, out);
    }
    out.printf("%nPredicted by ExchangeKind, ms besides the computation%n");
    out.printf("%-10s %12s %10s %12s %12s%n", "executors", "weights", "Gbit/s", "tree", "slices");
    for (int executors : MANY) {
      for (long weights : WEIGHTS) {
        for (double gigabits : GIGABITS) {
          out.printf(
              Locale.ROOT,
              "%-10d %,12d %10.0f %,12.0f %,12.0f%n",
              executors,
              weights,
              gigabits,
              predicted(ExchangeKind.TREE, weights, executors, gigabits),
              predicted(ExchangeKind.SLICES, weights, executors, gigabits));
        }
      }
    }
  }

  private static double predicted(ExchangeKind kind, long weights, int executors, double gigabits) {
    return kind.milliseconds(
        weights * Float.BYTES, executors, executors, FAN_IN, gigabits / 8 * 1e9);
  }

  private static void fit(List<GrowthBench.Row> rows, String exchange, PrintStream out) {
    int cores = Runtime.getRuntime().availableProcessors();
    boolean hasMessages = exchange.equals("slices");
    List<double[]> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (GrowthBench.Row row : rows) {
      double e = row.executors();
      double megabytes = row.weights() * 4e-6;
      double bytes = e * megabytes / cores;
      x.add(hasMessages ? new double[] {e, bytes, e * (e - 1) / cores} : new double[] {e, bytes});
      y.add(row.overhead());
    }
    if (rows.size() < 5) {
      return;
    }
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.newSampleData(y.stream().mapToDouble(v -> v).toArray(), x.toArray(double[][]::new));
    try {
      double[] b = regression.estimateRegressionParameters();
      out.printf(
          Locale.ROOT,
          "%n%s: latency %.1f ms, %.2f ms for each task, %.2f ms for each MB of an executor (%.2f"
              + " GB/s)%s, R2 %.2f%n",
          exchange,
          b[0],
          b[1],
          b[2],
          1 / b[2],
          hasMessages
              ? String.format(Locale.ROOT, ", %.3f ms for each pair of messages", b[3])
              : "",
          regression.calculateRSquared());
    } catch (SingularMatrixException e) {
      out.println(exchange + ": too few different sizes for a fit");
    }
  }
}
