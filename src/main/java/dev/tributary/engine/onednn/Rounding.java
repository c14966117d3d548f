package dev.tributary.engine.onednn;

import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.jspecify.annotations.Nullable;

/** From float32 to bfloat16, to the nearest (to even between two), and back. */
final class Rounding {
  private record Key(String operation, int count) {}

  private final Context context;
  private @Nullable NativeBuffer staging;

  Rounding(Context context) {
    this.context = context;
  }

  /** Room for so many float32 on their way in or out; what it held is lost. */
  NativeBuffer staging(int count) {
    if (staging == null || staging.size() < count) {
      staging = context.allocate(count);
    }
    return staging;
  }

  void round(int count, NativeBuffer exact, NativeBuffer rounded) {
    run("round", count, data_type.f32, exact, data_type.bf16, rounded);
  }

  void widen(int count, NativeBuffer rounded, NativeBuffer exact) {
    run("widen", count, data_type.bf16, rounded, data_type.f32, exact);
  }

  private void run(
      String name, int count, data_type of, NativeBuffer from, data_type as, NativeBuffer to) {
    if (count == 0) {
      return;
    }
    memory.desc plain = Layout.vector(count);
    context.run(
        new Key(name, count),
        p ->
            p.reorder(
                Layout.typed(plain, of),
                new Plan.Given(0),
                Layout.typed(plain, as),
                new Plan.Given(1)),
        from,
        to);
  }
}
