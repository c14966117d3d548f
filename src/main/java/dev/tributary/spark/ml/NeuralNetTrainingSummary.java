package dev.tributary.spark.ml;

import dev.tributary.train.Observer;
import dev.tributary.train.Training;
import dev.tributary.train.metrics.Evaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * How a fit went: its curves, and what it came to.
 *
 * <pre>{@code
 * NeuralNetTrainingSummary summary = model.summary();
 * double[] loss = summary.objectiveHistory();          // one an epoch
 * double[] accuracy = summary.history("accuracy");     // with validationIndicatorCol
 * summary.curves(spark).show();
 * }</pre>
 */
public final class NeuralNetTrainingSummary {
  /**
   * The end of an epoch, or an evaluation.
   *
   * @param epoch it is in, from 1
   * @param step steps made so far
   * @param trainLoss the mean loss over the rows since the point before, each before its step
   * @param metrics of the weights then, on the validation rows; empty if they were not evaluated
   */
  public record Point(int epoch, long step, double trainLoss, Map<String, Double> metrics) {}

  private final List<Point> points;
  private final Observer.Start start;
  private final Training.Result result;
  private final Map<String, Double> metrics;
  private final List<String> warnings;
  private final @Nullable Long resumedFrom;

  NeuralNetTrainingSummary(
      Recorder recorder, Training.Result result, @Nullable Evaluation test, List<String> warnings) {
    this.points = List.copyOf(recorder.points);
    this.start = recorder.start();
    this.resumedFrom = recorder.resumedFrom;
    this.result = result;
    this.metrics = test == null ? Map.of() : test.metrics();
    this.warnings = List.copyOf(warnings);
  }

  /** The mean training loss of each epoch: MLlib's name for it. */
  public double[] objectiveHistory() {
    return points.stream().mapToDouble(Point::trainLoss).toArray();
  }

  /** Epochs made: MLlib's name for it. */
  public int totalIterations() {
    return points.get(points.size() - 1).epoch();
  }

  /** All points of the curves, in order. */
  public List<Point> points() {
    return points;
  }

  /**
   * A metric on the validation rows at each evaluation.
   *
   * @param metric such as {@code loss} or {@code accuracy}
   * @throws IllegalArgumentException if there is none of this name
   */
  public double[] history(String metric) {
    if (points.stream().noneMatch(p -> p.metrics().containsKey(metric))) {
      throw new IllegalArgumentException(
          metrics.isEmpty()
              ? "nothing was evaluated; set validationIndicatorCol to have validation rows"
              : metric + " was not evaluated; there are " + String.join(", ", metrics.keySet()));
    }
    return points.stream()
        .filter(p -> p.metrics().containsKey(metric))
        .mapToDouble(p -> p.metrics().get(metric))
        .toArray();
  }

  /** The metrics of the model's own weights on the validation rows; empty without such rows. */
  public Map<String, Double> metrics() {
    return metrics;
  }

  /** What should be looked at, in words: labels that are all the same, say. */
  public List<String> warnings() {
    return warnings;
  }

  /** Rows that were trained on. */
  public long numInstances() {
    return start.samples();
  }

  /** Steps made. */
  public long steps() {
    return result.steps();
  }

  /** Seconds spent on steps, evaluation not counted. */
  public double seconds() {
    return result.seconds();
  }

  /** Rows a second that gradients were computed for. */
  public double samplesPerSecond() {
    return result.samples() / result.seconds();
  }

  /** Why training ended before its last epoch; null if it did not. */
  public @Nullable String stopped() {
    return result.stopped();
  }

  /** The step of the checkpoint that this fit went on from; null if it began at the first. */
  public @Nullable Long resumedFrom() {
    return resumedFrom;
  }

  /** How weights and gradients travelled, in words. */
  public String exchange() {
    return start.exchange();
  }

  /** The step whose weights the model has. */
  long keptStep() {
    return result.kept().last().step().number() + 1;
  }

  /** The curves as a table: epoch, step, train_loss, and a column for each metric. */
  public Dataset<Row> curves(SparkSession session) {
    StructType schema =
        new StructType()
            .add("epoch", DataTypes.IntegerType, false)
            .add("step", DataTypes.LongType, false)
            .add("train_loss", DataTypes.DoubleType, false);
    List<String> names =
        points.stream().flatMap(p -> p.metrics().keySet().stream()).distinct().toList();
    for (String name : names) {
      schema = schema.add(name, DataTypes.DoubleType, true);
    }
    List<Row> rows = new ArrayList<>();
    for (Point p : points) {
      List<@Nullable Object> values = new ArrayList<>(List.of(p.epoch(), p.step(), p.trainLoss()));
      names.forEach(name -> values.add(p.metrics().get(name)));
      rows.add(RowFactory.create(values.toArray()));
    }
    return session.createDataFrame(rows, schema);
  }

  /** Notes what a run tells as it goes. */
  static final class Recorder implements Observer {
    private final List<Point> points = new ArrayList<>();
    private @Nullable Start start;
    private @Nullable Long resumedFrom;

    private Start start() {
      if (start == null) {
        throw new IllegalStateException("the run has not begun");
      }
      return start;
    }

    @Override
    public void started(Start began) {
      start = began;
    }

    @Override
    public void resumed(long steps) {
      resumedFrom = steps;
    }

    @Override
    public void reached(Milestone milestone) {
      Evaluation evaluation = milestone.evaluation();
      points.add(
          new Point(
              milestone.last().step().epoch() + 1,
              milestone.last().step().number() + 1,
              milestone.trainLoss(),
              evaluation == null ? Map.of() : new LinkedHashMap<>(evaluation.metrics())));
    }
  }
}
