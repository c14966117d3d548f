package dev.tributary.engine.jvm;

import java.util.Arrays;

/**
 * Rows of a matrix taken several at a time, as one long row: loops over few columns neither
 * vectorise nor are worth their start.
 */
final class Tile {
  /** Values that a tile should have at least. */
  private static final int VALUES = 512;

  /** Tiles that are summed in float32 before their sums are added in double precision. */
  private static final int TILES = 16;

  /** Adds the values of a tile to sums, place by place. */
  interface Summand {
    /**
     * Adds.
     *
     * @param from the tile's first value
     * @param width how many it has
     */
    void addTo(int from, int width, float[] sums);
  }

  private final int columns;
  private final int width;
  private final int values;

  /** Over a matrix of this many columns and rows. */
  Tile(int columns, int rows) {
    this.columns = columns;
    this.width = columns * Math.min(rows, (VALUES + columns - 1) / columns);
    this.values = columns * rows;
  }

  /** The matrix's values. */
  int values() {
    return values;
  }

  /** Values in a tile. */
  int width() {
    return width;
  }

  /** Values in the tile that begins there: the last may have fewer. */
  int widthFrom(int from) {
    return Math.min(width, values - from);
  }

  /** A number for each column, for all places of a tile. */
  float[] repeat(float[] numbers, int offset) {
    float[] all = new float[width];
    for (int at = 0; at < width; at += columns) {
      System.arraycopy(numbers, offset, all, at, columns);
    }
    return all;
  }

  /** Adds up every tile, and adds the sums to each column's. */
  void each(Summand summand, double[] sums) {
    float[] some = new float[width];
    int tiles = 0;
    for (int from = 0; from < values; from += width) {
      summand.addTo(from, widthFrom(from), some);
      tiles++;
      if (tiles == TILES || from + width >= values) {
        for (int i = 0; i < width; i += columns) {
          for (int j = 0; j < columns; j++) {
            sums[j] += some[i + j];
          }
        }
        Arrays.fill(some, 0f);
        tiles = 0;
      }
    }
  }
}
