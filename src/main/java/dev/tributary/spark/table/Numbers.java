package dev.tributary.spark.table;

import java.util.Arrays;

/** The numbers of one row, as its columns give them: in ascending order of places. */
abstract class Numbers {
  private final int size;

  Numbers(int size) {
    this.size = size;
  }

  /** How many there should be. */
  int size() {
    return size;
  }

  /** Forgets the row before: all are 0. */
  abstract void begin();

  /** Puts one at a place, above all those of before. */
  abstract void put(int place, float number);

  /** All of them, zeros included. */
  static final class Dense extends Numbers {
    private final float[] values;

    Dense(int size) {
      super(size);
      values = new float[size];
    }

    float[] values() {
      return values;
    }

    @Override
    void begin() {
      Arrays.fill(values, 0f);
    }

    @Override
    void put(int place, float number) {
      values[place] = number;
    }
  }

  /** Those that are not 0. */
  static final class Sparse extends Numbers {
    private int[] places = new int[16];
    private float[] values = new float[16];
    private int present;

    Sparse(int size) {
      super(size);
    }

    int[] places() {
      return places;
    }

    float[] values() {
      return values;
    }

    int present() {
      return present;
    }

    @Override
    void begin() {
      present = 0;
    }

    @Override
    void put(int place, float number) {
      if (number == 0) {
        return;
      }
      if (present == places.length) {
        places = Arrays.copyOf(places, 2 * present);
        values = Arrays.copyOf(values, 2 * present);
      }
      places[present] = place;
      values[present++] = number;
    }
  }
}
