package dev.tributary.engine.plain;

import dev.tributary.engine.AffineSize;
import org.jspecify.annotations.Nullable;

/** Affine maps by their definition. */
final class Affine {
  private Affine() {}

  static void forward(
      AffineSize s, int n, PlainBuffer x, PlainBuffer w, @Nullable PlainBuffer b, PlainBuffer y) {
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < s.outputs(); o++) {
        double sum = b == null ? 0 : b.at(o);
        for (int j = 0; j < s.inputs(); j++) {
          sum += x.at(i * s.inputs() + j) * w.at(o * s.inputs() + j);
        }
        y.set(i * s.outputs() + o, sum);
      }
    }
  }

  static void inputGradient(AffineSize s, int n, PlainBuffer dy, PlainBuffer w, PlainBuffer dx) {
    dx.clear(n * s.inputs());
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < s.outputs(); o++) {
        for (int j = 0; j < s.inputs(); j++) {
          dx.add(i * s.inputs() + j, dy.at(i * s.outputs() + o) * w.at(o * s.inputs() + j));
        }
      }
    }
  }

  static void weightGradient(
      AffineSize s,
      int n,
      PlainBuffer x,
      PlainBuffer dy,
      PlainBuffer dw,
      @Nullable PlainBuffer db) {
    dw.clear(s.outputs() * s.inputs());
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < s.outputs(); o++) {
        for (int j = 0; j < s.inputs(); j++) {
          dw.add(o * s.inputs() + j, dy.at(i * s.outputs() + o) * x.at(i * s.inputs() + j));
        }
      }
    }
    if (db != null) {
      Rows.sum(n, s.outputs(), dy, db);
    }
  }
}
