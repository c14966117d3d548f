package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;

/**
 * Dropout: in training each value is 0 with probability p, else divided by 1 − p, so that its
 * expectation stays; otherwise y is x. (Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov:
 * "Dropout: a simple way to prevent neural networks from overfitting", 2014, in its inverted form.)
 *
 * <p>The mask is a function of (seed, step, shard, layer) alone, which is what keeps a retried
 * task, or a run on more executors, exact.
 */
public final class Dropout implements Layer {
  private static final long serialVersionUID = 1L;

  /** Bits of the generator's stream number that hold the layer; the shard has the rest. */
  private static final int LAYER_BITS = 12;

  private final double probability;
  private final Shape shape;

  /**
   * Dropout of samples of this shape.
   *
   * @throws IllegalArgumentException if the probability is not in [0, 1)
   */
  public Dropout(double probability, Shape shape) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "probability of dropout must be at least 0 and below 1, not " + probability);
    }
    this.probability = probability;
    this.shape = shape;
  }

  @Override
  public Shape input() {
    return shape;
  }

  @Override
  public Shape output() {
    return shape;
  }

  @Override
  public int workspace() {
    return shape.size();
  }

  @Override
  public void forward(Frame f) {
    int count = f.n() * shape.size();
    if (!f.pass().training()) {
      f.engine().copy(count, f.x(), f.y());
      return;
    }
    Buffer mask = f.workspace();
    mask.put(drawMask(f, count), 0, count);
    f.engine().multiply(count, f.x(), mask, f.y());
  }

  private float[] drawMask(Frame f, int count) {
    Pass pass = f.pass();
    int stream = (pass.shard() << LAYER_BITS) | f.layer();
    Philox random = Philox.stream(pass.seed(), Purpose.DROPOUT, pass.step(), stream);
    float[] mask = f.scratch(count);
    float kept = (float) (1 / (1 - probability));
    for (int i = 0; i < count; i++) {
      mask[i] = random.nextFloat() < probability ? 0f : kept;
    }
    return mask;
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx == null) {
      return;
    }
    int count = f.n() * shape.size();
    if (f.pass().training()) {
      f.engine().multiply(count, f.dy(), f.workspace(), dx);
    } else {
      f.engine().copy(count, f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(shape)
        .shaped("M", shape)
        .note("y = x · M, M being 0 or 1 / (1 − p), drawn anew in each step")
        .note("dx = dy · M");
  }

  @Override
  public String describe() {
    return "dropout " + probability;
  }
}
