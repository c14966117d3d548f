package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Categories as vectors that are trained: of flat features, those that are numbers of categories
 * (0, 1, …) are replaced by rows of tables. {@code y = [the other features, W₁[x₁], W₂[x₂], …]}:
 * what a one-hot vector times W would be, without the product. The gradient of a row is the sum of
 * dy over the samples that read it.
 *
 * <p>It works on the heap: it moves values and computes next to nothing.
 */
public final class Embedding implements Layer {
  private static final long serialVersionUID = 1L;

  /**
   * A categorical feature.
   *
   * @param column its place among the features, from 0
   * @param categories how many there are
   * @param outputs how long a category's vector is
   */
  public record Column(int column, int categories, int outputs) implements Serializable {}

  private final int features;
  private final List<Column> columns;
  private final int[] numbers;
  private final int width;

  /**
   * Of flat features.
   *
   * @param columns which of them are categories, in the order in which their vectors follow
   * @throws IllegalArgumentException if there are none, or one is not among the features or is
   *     named twice
   */
  public Embedding(int features, List<Column> columns) {
    Set<Integer> seen = new HashSet<>();
    for (Column c : columns) {
      if (c.column() < 0 || c.column() >= features) {
        throw new IllegalArgumentException(
            String.format(
                "column %d is not among the %d features, 0 to %d",
                c.column(), features, features - 1));
      }
      if (!seen.add(c.column())) {
        throw new IllegalArgumentException("column " + c.column() + " is named twice");
      }
    }
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("embedding needs at least one column");
    }
    this.features = features;
    this.columns = List.copyOf(columns);
    this.numbers = IntStream.range(0, features).filter(j -> !seen.contains(j)).toArray();
    this.width =
        numbers.length + columns.stream().mapToInt(Column::outputs).reduce(0, Math::addExact);
  }

  /** Makes the categorical features of a batch random categories. */
  void drawCategories(Batch batch, Philox random) {
    for (int i = 0; i < batch.n(); i++) {
      for (Column c : columns) {
        batch.features()[i * features + c.column()] = random.nextInt(c.categories());
      }
    }
  }

  @Override
  public Shape input() {
    return Shape.flat(features);
  }

  @Override
  public Shape output() {
    return Shape.flat(width);
  }

  /** Rows of variance 1 / outputs: vectors of about length 1. */
  @Override
  public List<Parameter> parameters() {
    return columns.stream()
        .map(
            c ->
                new Parameter(
                    "column_" + c.column(),
                    List.of(c.categories(), c.outputs()),
                    Initializer.HE,
                    2 * c.outputs(),
                    c.outputs()))
        .toList();
  }

  @Override
  public boolean readsCategories() {
    return true;
  }

  @Override
  public void forward(Frame f) {
    float[] x = values(f.x(), f.n() * features);
    float[] y = new float[f.n() * width];
    for (int i = 0; i < f.n(); i++) {
      for (int k = 0; k < numbers.length; k++) {
        y[i * width + k] = x[i * features + numbers[k]];
      }
    }
    int at = numbers.length;
    for (int p = 0; p < columns.size(); p++) {
      Column c = columns.get(p);
      float[] table = values(f.parameter(p), c.categories() * c.outputs());
      for (int i = 0; i < f.n(); i++) {
        int row = category(c, x[i * features + c.column()]);
        System.arraycopy(table, row * c.outputs(), y, i * width + at, c.outputs());
      }
      at += c.outputs();
    }
    f.y().put(y, 0, y.length);
  }

  /** How far from a whole number a category may be: arithmetic on it may have rounded. */
  private static final float NEAR = 1e-3f;

  private static int category(Column c, float value) {
    int category = Math.round(value);
    if (!(Math.abs(value - category) <= NEAR) || category < 0 || category >= c.categories()) {
      throw new InputException(
          String.format(
              "a sample's feature %d is %s, but embedding reads categories 0 to %d there; mend the"
                  + " data or give the column more categories",
              c.column(), value, c.categories() - 1));
    }
    return category;
  }

  /** The derivative by a category's number is 0: it is a name, not an amount. */
  @Override
  public void backward(Frame f) {
    float[] x = values(f.x(), f.n() * features);
    float[] dy = values(f.dy(), f.n() * width);
    int at = numbers.length;
    for (int p = 0; p < columns.size(); p++) {
      Column c = columns.get(p);
      float[] gradient = new float[c.categories() * c.outputs()];
      for (int i = 0; i < f.n(); i++) {
        int row = category(c, x[i * features + c.column()]) * c.outputs();
        for (int j = 0; j < c.outputs(); j++) {
          gradient[row + j] += dy[i * width + at + j];
        }
      }
      f.parameterGradient(p).put(gradient, 0, gradient.length);
      at += c.outputs();
    }
    Buffer dx = f.dx();
    if (dx != null) {
      Arrays.fill(x, 0f);
      for (int i = 0; i < f.n(); i++) {
        for (int k = 0; k < numbers.length; k++) {
          x[i * features + numbers[k]] = dy[i * width + k];
        }
      }
      dx.put(x, 0, x.length);
    }
  }

  private static float[] values(Buffer buffer, int count) {
    float[] values = new float[count];
    buffer.get(values, 0, count);
    return values;
  }

  @Override
  public Equations equations() {
    return new Equations()
        .shaped("x", input())
        .shaped("y", output())
        .note("y = the features that are numbers, then for each category its row of a table W")
        .note("dW: row k = the sum of dy over the samples of category k");
  }

  @Override
  public String describe() {
    return "embedding of "
        + columns.stream()
            .map(c -> c.column() + " (" + c.categories() + " -> " + c.outputs() + ")")
            .collect(Collectors.joining(", "))
        + ", "
        + features
        + " -> "
        + width;
  }
}
