package dev.tributary.data.prepare;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of flat features a transformation changes; of images, which channels. As channels
 * vary fastest, feature j belongs to column {@code j mod columns} either way.
 */
public final class Columns implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final boolean all;
  private final int[] chosen;

  /**
   * These columns of samples of this shape.
   *
   * @param numbers from 0; null for all
   * @throws IllegalArgumentException if there is no such column, or it is named twice
   */
  public Columns(Shape shape, int @Nullable [] numbers) {
    this.shape = shape;
    this.all = numbers == null;
    this.chosen = numbers == null ? IntStream.range(0, count(shape)).toArray() : numbers.clone();
    boolean[] seen = new boolean[count(shape)];
    for (int c : chosen) {
      if (c < 0 || c >= seen.length) {
        throw new IllegalArgumentException(
            String.format(
                "there is no %s %d; a sample has %d, numbered from 0", name(), c, seen.length));
      }
      if (seen[c]) {
        throw new IllegalArgumentException(String.format("%s %d is named twice", name(), c));
      }
      seen[c] = true;
    }
  }

  /** Columns of flat features, or channels of an image. */
  public static int count(Shape shape) {
    return shape.isImage() ? shape.channels() : shape.size();
  }

  /** One sample's shape. */
  public Shape shape() {
    return shape;
  }

  /** How many are chosen. */
  public int count() {
    return chosen.length;
  }

  /** The number of the i-th that is chosen. */
  public int number(int i) {
    return chosen[i];
  }

  /** The numbers chosen; null for all, as in a job file. */
  int @Nullable [] numbers() {
    return all ? null : chosen.clone();
  }

  /** The places of the chosen columns' features in a sample. */
  BitSet features() {
    boolean[] byColumn = new boolean[count(shape)];
    for (int c : chosen) {
      byColumn[c] = true;
    }
    BitSet features = new BitSet();
    for (int j = 0; j < shape.size(); j++) {
      features.set(j, byColumn[j % byColumn.length]);
    }
    return features;
  }

  /** Whether another choice has a column of this one. */
  boolean meets(Columns other) {
    return IntStream.of(chosen).anyMatch(c -> IntStream.of(other.chosen).anyMatch(o -> o == c));
  }

  /**
   * One value for each feature of a sample, so that a loop over features has no condition in it.
   *
   * @param values one for each chosen column
   * @param elsewhere the value of features in other columns
   */
  float[] spread(double[] values, float elsewhere) {
    float[] byColumn = new float[count(shape)];
    Arrays.fill(byColumn, elsewhere);
    for (int i = 0; i < chosen.length; i++) {
      byColumn[chosen[i]] = (float) values[i];
    }
    float[] byFeature = new float[shape.size()];
    for (int j = 0; j < byFeature.length; j++) {
      byFeature[j] = byColumn[j % byColumn.length];
    }
    return byFeature;
  }

  /** {@code column} or {@code channel}. */
  String name() {
    return shape.isImage() ? "channel" : "column";
  }

  /** The choice in words, with a space before them; none for all. */
  String words() {
    if (all) {
      return "";
    }
    String numbers =
        IntStream.of(chosen).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    return String.format(" of %s%s %s", name(), chosen.length == 1 ? "" : "s", numbers);
  }
}
