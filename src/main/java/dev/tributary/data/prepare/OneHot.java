package dev.tributary.data.prepare;

import dev.tributary.data.DataException;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Columns that hold a category's number, from 0, become as many columns as there are categories: 1
 * for the sample's own, 0 for the others. The other columns come first, in their order.
 */
public final class OneHot implements Transformation {
  private static final long serialVersionUID = 1L;

  private final Columns columns;
  private final int[] categories;
  private final boolean unknownIsZero;
  private final int[] kept;
  private final Shape output;

  /**
   * Of these columns of flat features.
   *
   * @param categories how many each has
   * @param unknownIsZero whether any other number, or none, makes zeros, and not an error
   * @throws IllegalArgumentException if numbers of columns and categories differ, or for images
   */
  public OneHot(Columns columns, int[] categories, boolean unknownIsZero) {
    if (columns.shape().isImage()) {
      throw new IllegalArgumentException(
          "one_hot is for flat features, not for images of " + columns.shape());
    }
    if (categories.length != columns.count()) {
      throw new IllegalArgumentException(
          String.format(
              "categories has %d numbers for %d columns; give one for each",
              categories.length, columns.count()));
    }
    this.columns = columns;
    this.categories = categories.clone();
    this.unknownIsZero = unknownIsZero;
    boolean[] replaced = new boolean[columns.shape().size()];
    for (int i = 0; i < columns.count(); i++) {
      replaced[columns.number(i)] = true;
    }
    this.kept = IntStream.range(0, replaced.length).filter(j -> !replaced[j]).toArray();
    this.output = Shape.flat(kept.length + Arrays.stream(categories).sum());
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public Shape output() {
    return output;
  }

  /** From the last row to the first, as rows grow and must not write over those still to come. */
  @Override
  public void apply(float[] features, int n) {
    int inputs = columns.shape().size();
    int outputs = output.size();
    float[] row = new float[inputs];
    for (int i = n - 1; i >= 0; i--) {
      System.arraycopy(features, i * inputs, row, 0, inputs);
      int to = i * outputs;
      Arrays.fill(features, to, to + outputs, 0f);
      for (int j : kept) {
        features[to++] = row[j];
      }
      for (int k = 0; k < categories.length; k++) {
        int category = category(row[columns.number(k)], k);
        if (category >= 0) {
          features[to + category] = 1f;
        }
        to += categories[k];
      }
    }
  }

  /** The category of a value, or −1 for none. */
  private int category(float value, int k) {
    int category = (int) value;
    if (category == value && category >= 0 && category < categories[k]) {
      return category;
    }
    if (unknownIsZero) {
      return -1;
    }
    throw new DataException(
        String.format(
            "column %d is %s in a sample, but one_hot gives it %d categories, 0 to %d; give more in"
                + " data.prepare, say unknown = zeros, or mend the data",
            columns.number(k), value, categories[k], categories[k] - 1));
  }

  @Override
  public String describe() {
    return String.format(
        "one_hot%s: %d columns become %d", columns.words(), columns.shape().size(), output.size());
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = Parameters.map("one_hot", columns);
    map.put("categories", Arrays.stream(categories).boxed().toList());
    map.put("unknown", unknownIsZero ? "zeros" : "error");
    return map;
  }
}
