package dev.tributary.engine.onednn;

import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Storage;
import dev.tributary.engine.Window;
import org.jspecify.annotations.Nullable;

/**
 * What must hold before native code is called, which trusts what it is told: a size that does not
 * fit its buffer would be the end of the JVM.
 */
final class Demand {
  private Demand() {}

  /** The buffer, if it holds at least rows x columns values. */
  static NativeBuffer holds(String name, Buffer buffer, long rows, long columns) {
    if (rows * columns > buffer.size()) {
      throw new IllegalArgumentException(
          String.format(
              "%s holds %,d values, but %,d x %,d are needed", name, buffer.size(), rows, columns));
    }
    return (NativeBuffer) buffer;
  }

  /** The same of a buffer that may be left out. */
  static @Nullable NativeBuffer mayHold(
      String name, @Nullable Buffer buffer, long rows, long columns) {
    return buffer == null ? null : holds(name, buffer, rows, columns);
  }

  /** The same of a buffer whose bytes are used as they are. */
  static @Nullable NativeBuffer mayHoldBytes(
      String name, @Nullable Buffer buffer, long rows, long columns) {
    @Nullable NativeBuffer bytes = mayHold(name, buffer, rows, columns);
    if (bytes != null && bytes.holding() == NativeBuffer.Holding.BF16) {
      throw new IllegalArgumentException(name + " must be a buffer of " + Storage.EXACT);
    }
    return bytes;
  }

  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }

  static void sensible(int rows, int columns) {
    positive("rows", rows);
    positive("columns", columns);
  }

  static void sensible(AffineSize s, int n) {
    positive("n", n);
    positive("inputs", s.inputs());
    positive("outputs", s.outputs());
  }

  static void sensible(ConvolutionSize s, int n) {
    positive("n", n);
    positive("groups", s.groups());
    positive("filters", s.filters());
    if (s.input().channels() % s.groups() != 0 || s.filters() % s.groups() != 0) {
      throw new IllegalArgumentException(
          String.format(
              "%d channels and %d filters cannot be divided into %d groups",
              s.input().channels(), s.filters(), s.groups()));
    }
    fits(s.vertical(), s.outputHeight(), s.input().height());
    fits(s.horizontal(), s.outputWidth(), s.input().width());
  }

  static void sensible(PoolSize s, int n) {
    positive("n", n);
    fits(s.vertical(), s.outputHeight(), s.input().height());
    fits(s.horizontal(), s.outputWidth(), s.input().width());
    pools(s.vertical());
    pools(s.horizontal());
  }

  private static void fits(Window window, int positions, int length) {
    if (positions < 1) {
      throw new IllegalArgumentException(
          window + " does not fit in " + length + " pixels and their padding");
    }
  }

  private static void pools(Window window) {
    if (window.dilation() != 1 || window.padding() * 2 > window.kernel()) {
      throw new IllegalArgumentException(
          window + " cannot pool: no dilation, and padding of at most half the kernel");
    }
  }
}
