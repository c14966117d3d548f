package dev.tributary.data.digits;

import java.util.Arrays;

/**
 * Ink on an image: (height, width), row-major, each 0, none, to 1, full. Pixel (row, column) covers
 * the square from (column, row) to (column + 1, row + 1).
 */
final class Canvas {
  private final int width;
  private final int height;
  private final float[] ink;
  private final float[] scratch;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.ink = new float[width * height];
    this.scratch = new float[width * height];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The ink of the pixel at row-major position i. */
  float ink(int i) {
    return ink[i];
  }

  /** Takes all ink away. */
  void clear() {
    Arrays.fill(ink, 0f);
  }

  /**
   * Inks a line whose half width goes from {@code startRadius} to {@code endRadius}, with round
   * ends. Where there is ink already, the darker of the two stays, so a line may begin where the
   * last one ended. A pixel is covered as far as the line's edge is beyond its centre, up to half a
   * pixel on either side: anti-aliasing to within a few grey levels of the area.
   */
  void line(
      double startX,
      double startY,
      double startRadius,
      double endX,
      double endY,
      double endRadius,
      double strength) {
    double reach = Math.max(startRadius, endRadius) + 0.5;
    int left = Math.max(0, (int) (Math.min(startX, endX) - reach));
    int right = Math.min(width - 1, (int) (Math.max(startX, endX) + reach));
    int top = Math.max(0, (int) (Math.min(startY, endY) - reach));
    int bottom = Math.min(height - 1, (int) (Math.max(startY, endY) + reach));
    double alongX = endX - startX;
    double alongY = endY - startY;
    double length2 = alongX * alongX + alongY * alongY;
    double perLength2 = length2 > 0 ? 1 / length2 : 0;
    for (int row = top; row <= bottom; row++) {
      double fromY = row + 0.5 - startY;
      for (int column = left; column <= right; column++) {
        double fromX = column + 0.5 - startX;
        double t = (fromX * alongX + fromY * alongY) * perLength2;
        t = Math.max(0, Math.min(1, t));
        double awayX = fromX - t * alongX;
        double awayY = fromY - t * alongY;
        double away2 = awayX * awayX + awayY * awayY;
        if (away2 < reach * reach) {
          double edge = startRadius + t * (endRadius - startRadius) + 0.5;
          double covered = Math.min(1, edge - Math.sqrt(away2));
          int i = row * width + column;
          ink[i] = Math.max(ink[i], (float) (strength * covered));
        }
      }
    }
  }

  /** Lets each pixel give {@code share} of its ink to each neighbour, along rows, then columns. */
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
