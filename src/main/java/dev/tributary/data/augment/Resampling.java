package dev.tributary.data.augment;

import dev.tributary.tensor.Shape;

/**
 * An image drawn anew from another: pixel (y, x) is read at {@code (a, b; c, d) (y − cy, x − cx) +
 * (cy + ty, cx + tx)}, (cy, cx) being the centre, by bilinear interpolation; beyond the image lies
 * 0.
 */
final class Resampling {
  private final Shape shape;
  private final float a;
  private final float b;
  private final float c;
  private final float d;
  private final float originY;
  private final float originX;

  /** With this matrix (a, b; c, d) and shift (ty, tx), in pixels. */
  Resampling(Shape shape, double a, double b, double c, double d, double ty, double tx) {
    double cy = (shape.height() - 1) / 2.0;
    double cx = (shape.width() - 1) / 2.0;
    this.shape = shape;
    this.a = (float) a;
    this.b = (float) b;
    this.c = (float) c;
    this.d = (float) d;
    this.originY = (float) (cy + ty - a * cy - b * cx);
    this.originX = (float) (cx + tx - c * cy - d * cx);
  }

  /** Draws {@code target[at…]} from {@code source[0…]}. */
  void apply(float[] source, float[] target, int at) {
    int height = shape.height();
    int width = shape.width();
    int channels = shape.channels();
    int to = at;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float fromY = originY + a * y + b * x;
        float fromX = originX + c * y + d * x;
        // Floor, of numbers above −2: Math.floor takes far longer here.
        int y0 = (int) (fromY + 2) - 2;
        int x0 = (int) (fromX + 2) - 2;
        float v = fromY - y0;
        float u = fromX - x0;
        if (fromY >= 0 && fromX >= 0 && y0 < height - 1 && x0 < width - 1) {
          int p = (y0 * width + x0) * channels;
          int q = p + width * channels;
          for (int k = 0; k < channels; k++) {
            float above = source[p + k] + u * (source[p + channels + k] - source[p + k]);
            float below = source[q + k] + u * (source[q + channels + k] - source[q + k]);
            target[to++] = above + v * (below - above);
          }
        } else if (fromY <= -1 || fromX <= -1 || fromY >= height || fromX >= width) {
          for (int k = 0; k < channels; k++) {
            target[to++] = 0f;
          }
        } else {
          for (int k = 0; k < channels; k++) {
            float above = at(source, y0, x0, k) * (1 - u) + at(source, y0, x0 + 1, k) * u;
            float below = at(source, y0 + 1, x0, k) * (1 - u) + at(source, y0 + 1, x0 + 1, k) * u;
            target[to++] = above * (1 - v) + below * v;
          }
        }
      }
    }
  }

  private float at(float[] source, int y, int x, int channel) {
    return y < 0 || x < 0 || y >= shape.height() || x >= shape.width()
        ? 0f
        : source[(y * shape.width() + x) * shape.channels() + channel];
  }
}
