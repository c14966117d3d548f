package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.plain.PlainBuffer;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Compares a network's gradients with differences of its loss: moved by h to either side, a weight
 * must change the loss by 2h times the derivative that backpropagation claims. So must each layer's
 * input, which tells the layer where a mistake begins from those below it, and the prediction,
 * which the loss is derived by. (The idea of Caffe's gradient checker.)
 *
 * <p>Differences are taken in double precision, by the plain engine, and two claims are held
 * against them: the plain engine's, which shows mistakes in a layer's formulas, and an engine's own
 * in float32, which shows mistakes in its arithmetic.
 *
 * <p>Where the loss has a kink between the points (ReLU at 0, a maximum that changes hands), no
 * difference is a derivative. A shorter step most often misses the kink; what still has different
 * slopes on both sides is passed over and counted.
 */
public final class GradientCheck {
  /**
   * A derivative is measured by its array's largest, but at least by this share of the layer's
   * largest: a bias before batch normalisation has a derivative of 0 and rounding alone.
   */
  private static final double SHARE_OF_LAYER = 1e-2;

  /** The same, as a share of the largest derivative by the prediction: for layers without any. */
  private static final double SHARE_OF_LOSS = 1e-6;

  private final Network network;
  private final Loss loss;
  private final EngineProvider engine;

  /** A check of this network on this engine. */
  public GradientCheck(Network network, Loss loss, EngineProvider engine) {
    this.network = network;
    this.loss = loss;
    this.engine = engine;
  }

  /**
   * Samples of random features, and a random class for each; for a single output, random targets of
   * 0 and 1. Where the network reads categories, they are categories.
   */
  public static Batch randomBatch(Network network, int samples, long seed) {
    Philox random = Philox.stream(seed, Purpose.SAMPLING, -1, 0);
    Batch batch = new Batch(network.input());
    batch.resize(samples);
    for (int i = 0; i < samples * network.input().size(); i++) {
      batch.features()[i] = (float) random.nextGaussian();
    }
    int outputs = network.output().size();
    for (int i = 0; i < samples; i++) {
      batch.labels()[i] = random.nextInt(outputs);
      float target = random.nextInt(2);
      if (outputs == 1) {
        batch.targets(1)[i] = target;
      }
    }
    for (Network.Node node : network.nodes()) {
      if (node.layer() instanceof Embedding embedding
          && node.inputs().equals(List.of(Network.INPUT))) {
        embedding.drawCategories(batch, random);
      }
    }
    return batch;
  }

  /**
   * Checks the gradients of one batch.
   *
   * @param values the network's weights and state
   * @param pass a training pass: random layers draw what it says
   * @param count derivatives to check of each array; all of a smaller one
   * @param seed which ones: the one that should be largest, and others at random
   * @return a finding for each array, from the first layer to the prediction
   */
  public List<GradientFinding> run(float[] values, Batch batch, Pass pass, int count, long seed) {
    List<GradientFinding> findings = new ArrayList<>();
    try (LossProbe probe = new LossProbe(network, loss, values, batch, pass);
        Execution execution = new Execution(network, engine.open(), Derivatives.BY_EVERYTHING)) {
      execution.load(values);
      execution.lossAndGradient(batch, loss, pass);
      GradientClaim prediction = prediction(probe, execution, batch.n());
      double floor = SHARE_OF_LOSS * prediction.largest();
      findings.add(prediction.check(probe.middle(), floor, count, stream(seed, prediction, 0)));
      // Backwards, as the probe asks for.
      for (int i = network.layers().size() - 1; i >= 0; i--) {
        List<GradientClaim> claims = claims(probe, execution, i, batch.n());
        double layerFloor =
            Math.max(
                floor,
                SHARE_OF_LAYER
                    * claims.stream().mapToDouble(GradientClaim::largest).max().orElse(0));
        for (int k = 0; k < claims.size(); k++) {
          Philox random = stream(seed, claims.get(k), k);
          findings.add(claims.get(k).check(probe.middle(), layerFloor, count, random));
        }
      }
    }
    Collections.reverse(findings);
    return findings;
  }

  private static Philox stream(long seed, GradientClaim claim, int minor) {
    return Philox.stream(seed, Purpose.SAMPLING, claim.layer(), minor);
  }

  private GradientClaim prediction(LossProbe probe, Execution execution, int n) {
    return new GradientClaim(
        network.layers().size(),
        loss.name(),
        "prediction",
        samples(n, network.output().dimensions()),
        probe.outputGradient().values(n * network.output().size()),
        floats(execution.outputGradient(), n * network.output().size()),
        probe.prediction());
  }

  /** A layer's parameters, last to first, and its inputs. */
  private List<GradientClaim> claims(LossProbe probe, Execution execution, int i, int n) {
    Layer layer = network.layers().get(i);
    List<GradientClaim> claims = new ArrayList<>();
    for (int p = layer.parameters().size() - 1; p >= 0; p--) {
      Parameter parameter = layer.parameters().get(p);
      claims.add(
          new GradientClaim(
              i,
              layer.describe(),
              parameter.name(),
              parameter.dimensions(),
              PlainBuffer.of(probe.frame(i).parameterGradient(p)).values(),
              floats(execution.frame(i).parameterGradient(p), parameter.size()),
              probe.parameter(i, p)));
    }
    // There is nothing to check where y is x.
    if (!layer.reshapesOnly()) {
      addInputs(probe, execution, i, n, claims);
    }
    return claims;
  }

  private void addInputs(
      LossProbe probe, Execution execution, int i, int n, List<GradientClaim> claims) {
    Layer layer = network.layers().get(i);
    List<Integer> from = network.nodes().get(i).inputs();
    for (int k = from.size() - 1; k >= 0; k--) {
      if (from.indexOf(from.get(k)) < k) {
        continue;
      }
      int size = n * layer.inputs().get(k).size();
      double[] formulas = new double[size];
      float[] engines = new float[size];
      // One array may be read as several inputs, and moves in all of them.
      for (int same = k; same < from.size(); same++) {
        if (from.get(same).equals(from.get(k))) {
          add(PlainBuffer.of(dx(probe.frame(i), same)).values(size), formulas);
          dx(execution.frame(i), same).addTo(engines, 0, size);
        }
      }
      claims.add(
          new GradientClaim(
              i,
              layer.describe(),
              from.size() == 1 ? "x" : "x" + k,
              samples(n, layer.inputs().get(k).dimensions()),
              formulas,
              engines,
              probe.input(i, k)));
    }
  }

  private static Buffer dx(Frame frame, int k) {
    Buffer dx = frame.dx(k);
    if (dx == null) {
      throw new IllegalStateException("layer " + frame.layer() + " has no dx");
    }
    return dx;
  }

  private static void add(double[] values, double[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i] += values[i];
    }
  }

  private static float[] floats(Buffer buffer, int count) {
    float[] values = new float[count];
    buffer.get(values, 0, count);
    return values;
  }

  private static List<Integer> samples(int n, int[] dimensions) {
    List<Integer> all = new ArrayList<>(List.of(n));
    for (int d : dimensions) {
      all.add(d);
    }
    return List.copyOf(all);
  }
}
