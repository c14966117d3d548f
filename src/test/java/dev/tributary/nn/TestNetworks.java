package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Random values, a loss for layers by themselves, and a layer that is wrong. */
public final class TestNetworks {
  private TestNetworks() {}

  static float[] normal(long seed, int size) {
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 0, 0);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** {@code Σ c y}. */
  static final class Direction implements Loss {
    private static final long serialVersionUID = 1L;

    private final float[] direction;

    Direction(float[] direction) {
      this.direction = direction;
    }

    @Override
    public String name() {
      return "direction";
    }

    @Override
    public double evaluate(Batch batch, int outputs, double[] prediction, double[] dPrediction) {
      double sum = 0;
      for (int i = 0; i < batch.n() * outputs; i++) {
        sum += direction[i] * prediction[i];
        dPrediction[i] = direction[i];
      }
      return sum;
    }
  }

  /** {@code y = w x}, one weight for each feature, whose backward is off by factors. */
  public static final class Scale implements Layer {
    private static final long serialVersionUID = 1L;

    private final int features;
    private final float inputFactor;
    private final float weightFactor;

    /** The factors are 1 where backward is right. */
    public Scale(int features, float inputFactor, float weightFactor) {
      this.features = features;
      this.inputFactor = inputFactor;
      this.weightFactor = weightFactor;
    }

    @Override
    public Shape input() {
      return Shape.flat(features);
    }

    @Override
    public Shape output() {
      return Shape.flat(features);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(new Parameter("weight", List.of(features), Initializer.ONE, 1, 1));
    }

    @Override
    public int workspace() {
      return features;
    }

    @Override
    public void forward(Frame f) {
      for (int i = 0; i < f.n(); i++) {
        int row = i * features;
        f.engine().multiply(features, rowOf(f.x(), row), f.parameter(0), rowOf(f.y(), row));
      }
    }

    @Override
    public void backward(Frame f) {
      Buffer factors = f.workspace().slice(0, features);
      Buffer sum = f.parameterGradient(0);
      sum.put(new float[features], 0, features);
      for (int i = 0; i < f.n(); i++) {
        int row = i * features;
        fill(factors, weightFactor);
        f.engine().multiply(features, factors, rowOf(f.x(), row), factors);
        f.engine().multiply(features, factors, rowOf(f.dy(), row), factors);
        f.engine().add(features, sum, factors, sum);
        Buffer dx = f.dx();
        if (dx != null) {
          fill(factors, inputFactor);
          f.engine().multiply(features, factors, f.parameter(0), factors);
          f.engine().multiply(features, factors, rowOf(f.dy(), row), rowOf(dx, row));
        }
      }
    }

    private Buffer rowOf(Buffer matrix, int from) {
      return matrix.slice(from, features);
    }

    private void fill(Buffer buffer, float value) {
      float[] values = new float[features];
      Arrays.fill(values, value);
      buffer.put(values, 0, features);
    }

    @Override
    public Equations equations() {
      return Equations.sameShape(input());
    }

    @Override
    public String describe() {
      return "scale of " + features;
    }
  }
}
