package dev.tributary.data.digits;

import java.util.Arrays;

/**
 * Ink on an image: (height, width), row-major, from 0, none, to 1, full. Pixel (row, column) is the
 * square from x = column, y = row to x = column + 1, y = row + 1.
 */
final class Canvas {
  private final int width;
  private final int height;
  private final float[] ink;
  private final float[] scratch;

  /** Where the pen is, and half the width of what it leaves, in pixels. */
  private double penX;

  private double penY;
  private double penRadius;

  /** A canvas without ink, its size in pixels. */
  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.ink = new float[width * height];
    this.scratch = new float[width * height];
  }

  /** Columns. */
  int width() {
    return width;
  }

  /** Rows. */
  int height() {
    return height;
  }

  /** The ink of pixel i, counted row by row. */
  float ink(int i) {
    return ink[i];
  }

  /** Takes all ink away. */
  void clear() {
    Arrays.fill(ink, 0f);
  }

  /** Sets the pen down, at a point and half width in pixels, without a trace. */
  void moveTo(double x, double y, double radius) {
    penX = x;
    penY = y;
    penRadius = radius;
  }

  /**
   * Moves the pen on, and inks its way: a line with round ends, as wide at each end as the pen
   * there. Of this ink and what was there the stronger stays, so lines may touch and cross.
   *
   * <p>A pixel is inked by how far its centre is within the line's edge, from half a pixel outside
   * to half a pixel inside: close to the area covered, without measuring it.
   *
   * @param strength the ink of a pixel wholly within
   */
  void lineTo(double x, double y, double radius, double strength) {
    double reach = Math.max(penRadius, radius) + 0.5;
    int left = Math.max(0, (int) (Math.min(penX, x) - reach));
    int right = Math.min(width - 1, (int) (Math.max(penX, x) + reach));
    int top = Math.max(0, (int) (Math.min(penY, y) - reach));
    int bottom = Math.min(height - 1, (int) (Math.max(penY, y) + reach));
    double lineX = x - penX;
    double lineY = y - penY;
    double square = lineX * lineX + lineY * lineY;
    double perSquare = square > 0 ? 1 / square : 0;
    for (int row = top; row <= bottom; row++) {
      double fromY = row + 0.5 - penY;
      for (int column = left; column <= right; column++) {
        double fromX = column + 0.5 - penX;
        double t = Math.max(0, Math.min(1, (fromX * lineX + fromY * lineY) * perSquare));
        double awayX = fromX - t * lineX;
        double awayY = fromY - t * lineY;
        double away = awayX * awayX + awayY * awayY;
        if (away < reach * reach) {
          double edge = penRadius + t * (radius - penRadius) + 0.5;
          float inked = (float) (strength * Math.min(1, edge - Math.sqrt(away)));
          int i = row * width + column;
          ink[i] = Math.max(ink[i], inked);
        }
      }
    }
    moveTo(x, y, radius);
  }

  /**
   * Lets every pixel give this share of its ink to each neighbour, along the rows, then columns.
   */
  void blur(float share) {
    float kept = 1 - 2 * share;
    for (int i = 0; i < ink.length; i++) {
      int column = i % width;
      float before = column > 0 ? ink[i - 1] : 0f;
      float after = column < width - 1 ? ink[i + 1] : 0f;
      scratch[i] = kept * ink[i] + share * (before + after);
    }
    for (int i = 0; i < ink.length; i++) {
      float above = i >= width ? scratch[i - width] : 0f;
      float below = i < ink.length - width ? scratch[i + width] : 0f;
      ink[i] = kept * scratch[i] + share * (above + below);
    }
  }
}
