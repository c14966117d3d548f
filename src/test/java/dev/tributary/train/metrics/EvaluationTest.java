package dev.tributary.train.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.tensor.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Metrics against figures worked out by hand, and pair by pair. */
final class EvaluationTest {
  private static final Loss SOFTMAX = new SoftmaxCrossEntropy();
  private static final Loss SIGMOID = new SigmoidCrossEntropy();

  private static Batch labelled(int... labels) {
    Batch batch = new Batch(Shape.flat(1));
    batch.resize(labels.length);
    System.arraycopy(labels, 0, batch.labels(), 0, labels.length);
    return batch;
  }

  private static Batch targeted(int outputs, float... targets) {
    Batch batch = new Batch(Shape.flat(1));
    batch.resize(targets.length / outputs);
    System.arraycopy(targets, 0, batch.targets(outputs), 0, targets.length);
    return batch;
  }

  /** Outputs that choose these classes of three. */
  private static float[] choosing(int... classes) {
    float[] outputs = new float[3 * classes.length];
    for (int i = 0; i < classes.length; i++) {
      outputs[3 * i + classes[i]] = 1;
    }
    return outputs;
  }

  private static void count(
      Evaluation e, Loss loss, Batch batch, int outputs, float[] values, double lossSum) {
    float[] probabilities = values.clone();
    loss.toProbabilities(batch.n(), outputs, probabilities);
    e.count(batch, values, probabilities, lossSum, batch.n());
  }

  /** Actual 0: 3 found, 1 taken for 1. Actual 1: 2 found, 2 taken for 0. Actual 2: none. */
  private static Classification example() {
    Classification e = (Classification) Task.CLASSES.start(SOFTMAX, 3);
    Batch batch = labelled(0, 0, 0, 0, 1, 1, 1, 1);
    count(e, SOFTMAX, batch, 3, choosing(0, 0, 0, 1, 1, 1, 0, 0), 24);
    return e;
  }

  @Test
  void classMetricsAreTheirDefinitions() {
    Classification e = example();
    assertThat(e.samples()).isEqualTo(8);
    assertThat(e.accuracy()).isEqualTo(5.0 / 8);
    assertThat(e.topAccuracy()).isEqualTo(1);
    assertThat(e.loss()).isEqualTo(3);
    assertThat(e.precision(0)).isEqualTo(3.0 / 5);
    assertThat(e.recall(0)).isEqualTo(3.0 / 4);
    assertThat(e.f1(0)).isCloseTo(2 * 0.6 * 0.75 / (0.6 + 0.75), within(1e-15));
    assertThat(e.precision(1)).isEqualTo(2.0 / 3);
    assertThat(e.recall(1)).isEqualTo(0.5);
    assertThat(e.precision(2)).isNaN();
    assertThat(e.recall(2)).isNaN();
    assertThat(e.macroF1()).isCloseTo((e.f1(0) + e.f1(1)) / 2, within(1e-15));
    assertThat(e.confused(1, 0)).isEqualTo(2);
    double right = -Math.log(Math.E / (Math.E + 2));
    double wrong = -Math.log(1 / (Math.E + 2));
    assertThat(e.logLoss()).isCloseTo((5 * right + 3 * wrong) / 8, within(1e-6));
    assertThat(e.metrics()).containsOnlyKeys("accuracy", "loss", "log_loss", "macro_f1");
  }

  @Test
  void countsLabelsNearTheTop() {
    Classification e = (Classification) Task.CLASSES.start(SOFTMAX, 7);
    float[] falling = {7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1};
    count(e, SOFTMAX, labelled(4, 5), 7, falling, 0);
    assertThat(e.metrics().get("top_5_accuracy")).isEqualTo(0.5);
  }

  @Test
  void sumsAreExactInAnyGrouping() {
    Evaluation once = example().add(example()).add(example());
    Evaluation other = Task.CLASSES.start(SOFTMAX, 3).add(example());
    assertThat(other.add(example().add(example()))).isEqualTo(once);
    assertThat(once.samples()).isEqualTo(24);
  }

  @Test
  void aSingleOutputTellsTwoClassesApart() {
    assertThat(Classification.decide(new float[] {9, 0.4f}, 1, 1, 0.5f)).isZero();
    assertThat(Classification.decide(new float[] {9, 0.6f}, 1, 1, 0.5f)).isEqualTo(1);
    assertThat(Classification.decide(new float[] {9, 0.6f, 0.7f, 0.7f}, 1, 3, 0.5f)).isEqualTo(1);
  }

  /** Scores 3 2 2 1 −1 of classes 1 1 0 0 1: of 6 pairs 3 are won and 1 is even. */
  @Test
  void areasAreTheirDefinitions() {
    Evaluation e = Task.CLASSES.start(SIGMOID, 1);
    count(e, SIGMOID, labelled(1, 1, 0, 0, 1), 1, new float[] {3, 2, 2, 1, -1}, 0);
    assertThat(e.metrics().get("roc_auc")).isCloseTo(3.5 / 6, within(1e-12));
    double area = 1.0 / 3 * 1 + 1.0 / 3 * (2.0 / 3) + 1.0 / 3 * (3.0 / 5);
    assertThat(e.metrics().get("pr_auc")).isCloseTo(area, within(1e-12));
  }

  @Test
  void rocAreaIsTheShareOfPairsWon() {
    Random random = new Random(5);
    int[] labels = new int[200];
    float[] scores = new float[200];
    for (int i = 0; i < 200; i++) {
      labels[i] = random.nextInt(2);
      scores[i] = Math.round(10 * random.nextGaussian()) / 4f + labels[i];
    }
    double won = 0;
    double pairs = 0;
    for (int i = 0; i < 200; i++) {
      for (int j = 0; j < 200; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          pairs++;
          won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    Evaluation e = Task.CLASSES.start(SIGMOID, 1);
    count(e, SIGMOID, labelled(labels), 1, scores, 0);
    assertThat(e.metrics().get("roc_auc")).isCloseTo(won / pairs, within(1e-12));
  }

  @Test
  void multiLabelMetricsAreTheirDefinitions() {
    Task task = Task.of(SIGMOID, 2, 2);
    assertThat(task).isEqualTo(Task.LABELS);
    Evaluation e = task.start(SIGMOID, 2);
    // Says 1 0 | 1 1 | 0 0 where 1 0 | 0 1 | 1 0 is right.
    float[] values = {2, -1, 1, 3, -2, -3};
    count(e, SIGMOID, targeted(2, 1, 0, 0, 1, 1, 0), 2, values, 6);
    assertThat(e.metrics().get("exact_match")).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(e.metrics().get("label_accuracy")).isCloseTo(4.0 / 6, within(1e-12));
    assertThat(e.metrics().get("micro_f1")).isCloseTo(4.0 / 6, within(1e-12));
    assertThat(e.metrics().get("macro_f1")).isCloseTo((0.5 + 1) / 2, within(1e-12));
    assertThat(e.metrics().get("roc_auc")).isCloseTo((0.5 + 1) / 2, within(1e-12));
    assertThat(e.loss()).isEqualTo(2);
  }

  @Test
  void numbersAreJudgedByTheirErrors() {
    Loss loss = new SquaredError();
    assertThat(Task.of(loss, 1, 1)).isEqualTo(Task.NUMBERS);
    Evaluation all = Task.NUMBERS.start(loss, 1);
    count(
        all, loss, targeted(1, 1000, 1002, 1004, 1006), 1, new float[] {1001, 1002, 1003, 1006}, 2);
    assertThat(all.metrics().get("rmse")).isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(all.metrics().get("mae")).isCloseTo(0.5, within(1e-12));
    assertThat(all.metrics().get("r2")).isCloseTo(1 - 2.0 / 20, within(1e-12));

    Evaluation parts = Task.NUMBERS.start(loss, 1);
    Evaluation first = Task.NUMBERS.start(loss, 1);
    count(first, loss, targeted(1, 1000), 1, new float[] {1001}, 1);
    Evaluation rest = Task.NUMBERS.start(loss, 1);
    count(rest, loss, targeted(1, 1002, 1004, 1006), 1, new float[] {1002, 1003, 1006}, 1);
    parts.add(first).add(rest);
    assertThat(parts.metrics().get("r2")).isCloseTo(1 - 2.0 / 20, within(1e-12));
    assertThat(parts.loss()).isEqualTo(0.5);
  }

  @Test
  void theTaskFollowsFromLossAndData() {
    assertThat(Task.of(SIGMOID, 1, 1)).isEqualTo(Task.CLASSES);
    assertThat(Task.of(SOFTMAX, 4, 4)).as("soft targets").isEqualTo(Task.CLASSES);
    assertThat(Task.of(new SquaredError(), 4, 0)).as("labels").isEqualTo(Task.CLASSES);
  }
}
