package dev.tributary.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import dev.tributary.engine.Activation;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Products and sums value by value, and copies. */
final class Elementwise {
  private record BinaryKey(algorithm operation, int count, @Nullable Activation after) {}

  private record ColumnsKey(int rows, int columns, int fromWidth, int toWidth) {}

  private record CopyKey(int count) {}

  private final Context context;

  Elementwise(Context context) {
    this.context = context;
  }

  void multiply(int count, NativeBuffer a, NativeBuffer b, NativeBuffer y) {
    combine(algorithm.binary_mul, count, a, b, null, y);
  }

  void add(int count, NativeBuffer a, NativeBuffer b, @Nullable Activation f, NativeBuffer y) {
    combine(algorithm.binary_add, count, a, b, f, y);
  }

  private void combine(
      algorithm operation,
      int count,
      NativeBuffer a,
      NativeBuffer b,
      @Nullable Activation f,
      NativeBuffer y) {
    // oneDNN may write over its first source, not over its second; both operations commute.
    boolean overB = y.start().address() == b.start().address();
    context.run(
        new BinaryKey(operation, count, f),
        p -> plan(p, operation, count, f),
        overB ? b : a,
        overB ? a : b,
        y);
  }

  private void plan(Plan plan, algorithm operation, int count, @Nullable Activation f) {
    memory.desc plain = Layout.vector(count);
    data_type type = plan.common(0, 2);
    Plan.Argument a = plan.read(DNNL_ARG_SRC_0, plain, type, 0);
    Plan.Argument b = plan.given(DNNL_ARG_SRC_1, plain, 1);
    Plan.Argument y = plan.written(DNNL_ARG_DST, plain, type, 2);
    plan.step(
        new binary.primitive_desc(
            context.cpu(),
            operation,
            a.layout(),
            b.layout(),
            y.layout(),
            context.attributes(f),
            false),
        a,
        b,
        y);
  }

  /** Copies {@code from}'s columns to {@code to}'s, each buffer beginning at its first column. */
  void copyColumns(
      int rows, int columns, NativeBuffer from, int fromWidth, NativeBuffer to, int toWidth) {
    context.run(
        new ColumnsKey(rows, columns, fromWidth, toWidth),
        p ->
            p.reorder(
                Layout.typed(Layout.columns(rows, columns, fromWidth), p.type(0)),
                new Plan.Given(0),
                Layout.typed(Layout.columns(rows, columns, toWidth), p.type(1)),
                new Plan.Given(1)),
        from,
        to);
  }

  void copy(int count, NativeBuffer x, NativeBuffer y) {
    if (x.holding() == y.holding()) {
      Pointer.memmove(y.start(), x.start(), (long) count * x.holding().bytes);
      return;
    }
    memory.desc plain = Layout.vector(count);
    context.run(
        new CopyKey(count),
        p ->
            p.reorder(
                Layout.typed(plain, p.type(0)),
                new Plan.Given(0),
                Layout.typed(plain, p.type(1)),
                new Plan.Given(1)),
        x,
        y);
  }
}
