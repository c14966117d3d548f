package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.given;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/** Products and sums value by value, and copies. */
final class Elementwise {
  private record BinaryKey(algorithm operation, int count) {}

  private record ColumnsKey(int rows, int columns, int fromWidth, int toWidth) {}

  private final Context context;

  Elementwise(Context context) {
    this.context = context;
  }

  void multiply(int count, NativeBuffer a, NativeBuffer b, NativeBuffer y) {
    combine(algorithm.binary_mul, count, a, b, y);
  }

  void add(int count, NativeBuffer a, NativeBuffer b, NativeBuffer y) {
    combine(algorithm.binary_add, count, a, b, y);
  }

  private void combine(
      algorithm operation, int count, NativeBuffer a, NativeBuffer b, NativeBuffer y) {
    Plan plan =
        context.plan(
            new BinaryKey(operation, count),
            p -> {
              memory.desc layout = Layout.vector(count);
              p.step(
                  new binary.primitive_desc(
                      context.cpu(),
                      operation,
                      layout,
                      layout,
                      layout,
                      context.attributes(),
                      false),
                  given(DNNL_ARG_SRC_0, layout, 0),
                  given(DNNL_ARG_SRC_1, layout, 1),
                  given(DNNL_ARG_DST, layout, 2));
            });
    // oneDNN may write over its first source, not over its second; both operations commute.
    if (y.start().address() == b.start().address()) {
      plan.run(b, a, y);
    } else {
      plan.run(a, b, y);
    }
  }

  /** Copies {@code from}'s columns to {@code to}'s, each buffer beginning at its first column. */
  void copyColumns(
      int rows, int columns, NativeBuffer from, int fromWidth, NativeBuffer to, int toWidth) {
    context
        .plan(
            new ColumnsKey(rows, columns, fromWidth, toWidth),
            p ->
                p.reorder(
                    Layout.columns(rows, columns, fromWidth),
                    new Plan.Given(0),
                    Layout.columns(rows, columns, toWidth),
                    new Plan.Given(1)))
        .run(from, to);
  }

  static void copy(int count, NativeBuffer x, NativeBuffer y) {
    Pointer.memmove(y.start(), x.start(), (long) count * Float.BYTES);
  }
}
