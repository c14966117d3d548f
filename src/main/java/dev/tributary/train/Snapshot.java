package dev.tributary.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a run is, between two steps: all that its later steps depend on, besides the job and the
 * data, as named numbers and named arrays. What is in it is nobody else's to change.
 *
 * <p>Whole numbers are kept as doubles, exact up to 2⁵³.
 */
public final class Snapshot {
  static final String STEP = "step";

  private final Map<String, Double> numbers = new LinkedHashMap<>();
  private final Map<String, float[]> arrays = new LinkedHashMap<>();

  /** Adds a number. */
  public void put(String name, double value) {
    numbers.put(name, value);
  }

  /** Adds a whole number. */
  public void put(String name, long value) {
    put(name, (double) value);
  }

  /** Adds an array, which the giver no longer changes. */
  public void put(String name, float[] values) {
    arrays.put(name, values);
  }

  /** Adds all that is in another. */
  void putAll(Snapshot other) {
    numbers.putAll(other.numbers);
    arrays.putAll(other.arrays);
  }

  /** All numbers by name. */
  public Map<String, Double> numbers() {
    return numbers;
  }

  /** All arrays by name. */
  public Map<String, float[]> arrays() {
    return arrays;
  }

  /** Steps made. */
  public long step() {
    return whole(STEP);
  }

  /** Whether there is a number of this name. */
  boolean has(String name) {
    return numbers.containsKey(name);
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  double number(String name) {
    Double value = numbers.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no number " + name + " in it");
    }
    return value;
  }

  /** A number that is whole. */
  long whole(String name) {
    return Math.round(number(name));
  }

  /**
   * An array.
   *
   * @throws IllegalArgumentException if there is none of this name, or it has another length
   */
  float[] array(String name, int length) {
    float[] values = arrays.get(name);
    if (values == null || values.length != length) {
      throw new IllegalArgumentException(
          String.format(
              "there is no array %s of %,d values in it%s",
              name, length, values == null ? "" : ", but one of " + values.length));
    }
    return values;
  }
}
