package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.nn.NonFinite.Place;
import dev.tributary.tensor.Finite;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a training pass again and looks at everything in it, in the order in which it comes to be:
 * the data, the parameters, each layer's output, the loss, and on the way back each layer's
 * derivatives. What is found first is where it began. Slow, and only done once something is known
 * to be wrong.
 */
public final class NonFiniteSearch {
  private final Execution execution;
  private final Network network;
  private final Batch batch;
  private @Nullable NonFinite found;

  private NonFiniteSearch(Execution execution, Batch batch) {
    this.execution = execution;
    this.network = execution.network();
    this.batch = batch;
  }

  /**
   * Looks for the first value that is not finite.
   *
   * @param execution with the weights loaded
   * @param values those weights, and state behind them
   */
  public static Optional<NonFinite> in(
      Execution execution, float[] values, Batch batch, Loss loss, Pass pass) {
    NonFiniteSearch search = new NonFiniteSearch(execution, batch);
    search.data();
    search.parameters(values);
    if (search.found == null) {
      search.pass(loss, pass);
    }
    return Optional.ofNullable(search.found);
  }

  private void data() {
    rows(Place.INPUT, -1, "the network's input", batch.features(), network.input().size());
    int outputs = network.output().size();
    if (!batch.hasLabels()) {
      rows(Place.TARGET, -1, "what should be predicted", batch.targets(outputs), outputs);
    }
    float[] weights = new float[batch.n()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = batch.weight(i);
    }
    rows(Place.TARGET, -1, "the sample's weight", weights, 1);
  }

  private void parameters(float[] values) {
    for (Network.Slice s : network.slices()) {
      whole(
          Place.PARAMETER,
          s.layer(),
          s.parameter().name(),
          values,
          s.offset(),
          s.parameter().size());
    }
    for (Network.StateSlice s : network.stateSlices()) {
      whole(Place.PARAMETER, s.layer(), s.state().name(), values, s.offset(), s.state().size());
    }
  }

  private void pass(Loss loss, Pass pass) {
    double sum = execution.lossAndGradient(batch, loss, pass, new Walk());
    if (found == null || found.place() == Place.DERIVATIVE || found.place() == Place.GRADIENT) {
      loss(loss, sum);
    }
  }

  /** The loss comes before all that was found on the way back. */
  private void loss(Loss loss, double sum) {
    int outputs = network.output().size();
    float[] prediction = new float[batch.n() * outputs];
    execution.output().get(prediction, 0, prediction.length);
    double[] predictions = new double[prediction.length];
    Arrays.setAll(predictions, i -> prediction[i]);
    double[] slopes = new double[prediction.length];
    loss.evaluate(batch, outputs, predictions, slopes);
    float[] narrow = new float[slopes.length];
    for (int i = 0; i < slopes.length; i++) {
      narrow[i] = (float) slopes[i];
    }
    NonFinite before = found;
    found = null;
    rows(Place.LOSS, -1, "the derivative of the loss", narrow, outputs);
    if (found == null && !Double.isFinite(sum)) {
      found =
          new NonFinite(Place.LOSS, -1, "the loss", (float) sum, 0, batch.n() - 1, batch.n(), "");
    }
    found = found == null ? before : found;
  }

  /** Looks at each layer as it goes by. */
  private final class Walk implements Inspector {
    @Override
    public void forward(Frame frame) {
      if (found != null) {
        return;
      }
      int layer = frame.layer();
      int size = network.layers().get(layer).output().size();
      float[] y = read(frame.y(), batch.n() * size);
      rows(Place.OUTPUT, layer, "", y, size);
    }

    @Override
    public void backward(Frame frame) {
      if (found != null) {
        return;
      }
      int layer = frame.layer();
      Layer it = network.layers().get(layer);
      for (int k = 0; k < it.parameters().size(); k++) {
        int size = it.parameters().get(k).size();
        float[] gradient = read(frame.parameterGradient(k), size);
        whole(Place.GRADIENT, layer, it.parameters().get(k).name(), gradient, 0, size);
      }
      for (int k = 0; k < it.inputs().size(); k++) {
        Buffer dx = frame.dx(k);
        int size = it.inputs().get(k).size();
        if (dx != null) {
          rows(Place.DERIVATIVE, layer, "", read(dx, batch.n() * size), size);
        }
      }
    }
  }

  private static float[] read(Buffer buffer, int count) {
    float[] values = new float[count];
    buffer.get(values, 0, count);
    return values;
  }

  /** Looks at values of which each sample has so many. */
  private void rows(Place place, int layer, String name, float[] values, int size) {
    int at = Finite.firstNot(values, 0, batch.n() * size);
    if (found != null || at < 0) {
      return;
    }
    int last = at / size;
    int count = 0;
    for (int i = at / size; i < batch.n(); i++) {
      if (Finite.firstNot(values, i * size, (i + 1) * size) >= 0) {
        last = i;
        count++;
      }
    }
    String what =
        place == Place.INPUT ? name + ", feature " + at % size + "," : words(place, layer, name);
    String cause = place == Place.OUTPUT ? constantInput(layer, at % size) : "";
    found = new NonFinite(place, layer, what, values[at], at / size, last, count, cause);
  }

  /** Looks at values that are summed over all samples, or are none's. */
  private void whole(Place place, int layer, String name, float[] values, int from, int size) {
    int at = Finite.firstNot(values, from, from + size);
    if (found == null && at >= 0) {
      String what = words(place, layer, name);
      found = new NonFinite(place, layer, what, values[at], 0, batch.n() - 1, batch.n(), "");
    }
  }

  private String words(Place place, int layer, String name) {
    if (layer < 0) {
      return name;
    }
    String described = "layer " + layer + ", " + network.layers().get(layer).describe() + ",";
    return switch (place) {
      case PARAMETER -> "the " + name + " of " + described;
      case GRADIENT -> "the gradient by the " + name + " of " + described;
      case DERIVATIVE -> "the derivative by the input of " + described;
      default -> "the output of " + described;
    };
  }

  /** What to say of a normalisation that divides by the spread of values that do not vary. */
  private String constantInput(int layer, int column) {
    if (!(network.layers().get(layer) instanceof BatchNorm)) {
      return "";
    }
    Frame frame = execution.frame(layer);
    int size = network.layers().get(layer).input().size();
    float[] x = read(frame.x(), batch.n() * size);
    for (int i = 0; i < batch.n(); i++) {
      if (x[i * size + column] != x[column]) {
        return "";
      }
    }
    return String.format(
        "its feature %d is %s in every one of these samples, so that its variance is 0: raise epsilon,"
            + " or leave the feature out",
        column, x[column]);
  }
}
