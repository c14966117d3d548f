package dev.tributary.data.prepare;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * All that is done to features before the network reads them: transformations, one after the other.
 *
 * <p>As a job says it, some are not fitted yet. To fit them takes a pass over the training samples
 * for each that reads what an unfitted one makes, so most often one pass in all.
 */
public final class Preparation implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Shape input;
  private final ArrayList<Transformation> transformations;

  /**
   * Of samples of this shape.
   *
   * @throws IllegalArgumentException if one that changes the shape is not the last
   */
  public Preparation(Shape input, List<Transformation> transformations) {
    this.input = input;
    this.transformations = new ArrayList<>(transformations);
    for (Transformation t : transformations) {
      if (!t.columns().shape().equals(input)) {
        throw new IllegalArgumentException(
            t.describe() + " is for samples of " + t.columns().shape() + ", not of " + input);
      }
    }
    for (int i = 0; i < transformations.size() - 1; i++) {
      if (!transformations.get(i).output().equals(input)) {
        throw new IllegalArgumentException(
            transformations.get(i).describe() + " changes the columns, so it must come last");
      }
    }
  }

  /** Nothing is done. */
  public static Preparation none(Shape input) {
    return new Preparation(input, List.of());
  }

  /** The shape of a sample as it is read. */
  public Shape input() {
    return input;
  }

  /** The shape of a sample as the network reads it. */
  public Shape output() {
    return isNone() ? input : transformations.get(transformations.size() - 1).output();
  }

  /** Whether nothing is done. */
  public boolean isNone() {
    return transformations.isEmpty();
  }

  /** The features, by place, where a missing value (NaN) gets a number. */
  public BitSet filled() {
    BitSet filled = new BitSet();
    for (Transformation t : transformations) {
      if (t instanceof Filling) {
        filled.or(t.columns().features());
      }
    }
    return filled;
  }

  /** Whether both do the same to the same columns, but for what is found in samples or given. */
  public boolean isOfTheKindOf(Preparation other) {
    return input.equals(other.input) && kinds().equals(other.kinds());
  }

  private List<String> kinds() {
    return transformations.stream()
        .map(t -> t.toMap().get("type") + t.columns().words() + " to " + t.output())
        .toList();
  }

  /** Whether every transformation knows what it needs. */
  public boolean isFitted() {
    return firstUnfitted() == transformations.size();
  }

  private int firstUnfitted() {
    int i = 0;
    while (i < transformations.size() && transformations.get(i).isFitted()) {
      i++;
    }
    return i;
  }

  /** What comes before the first transformation that is not fitted. */
  public Preparation known() {
    return new Preparation(input, transformations.subList(0, firstUnfitted()));
  }

  /**
   * The same with the first transformation fitted that is not, and those behind it that do not read
   * what it makes.
   *
   * @param moments of what {@link #known} makes of the training samples
   */
  public Preparation fit(Moments moments) {
    List<Transformation> fitted = new ArrayList<>(transformations);
    List<Columns> changed = new ArrayList<>();
    for (int i = firstUnfitted(); i < fitted.size(); i++) {
      Transformation t = fitted.get(i);
      if (changed.stream().anyMatch(t.columns()::meets)) {
        break;
      }
      changed.add(t.columns());
      fitted.set(i, t.fit(moments));
    }
    return new Preparation(input, fitted);
  }

  /**
   * Changes n samples in place: (n, inputs) becomes (n, outputs).
   *
   * @param features with room for the larger
   */
  public void apply(float[] features, int n) {
    for (Transformation t : transformations) {
      t.apply(features, n);
    }
  }

  /** Each transformation in words. */
  public List<String> describe() {
    return transformations.stream().map(Transformation::describe).toList();
  }

  /** Each transformation as a job file says it, what was fitted included. */
  public List<Map<String, Object>> toMaps() {
    return transformations.stream().map(Transformation::toMap).toList();
  }
}
