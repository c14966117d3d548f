package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.jspecify.annotations.Nullable;

/**
 * Maximum and average pooling.
 *
 * <p>Which value of a window was the largest, the first if several were, oneDNN tells in a
 * workspace of the forward pass: its bytes are kept in the buffer that the caller gives for them. A
 * gradient that is given none runs that pass once more.
 */
final class Pooling {
  private record Key(String operation, PoolSize size, int n, boolean remembers) {}

  private final Context context;

  Pooling(Context context) {
    this.context = context;
  }

  /** The layouts and distances of one pooling, as oneDNN counts them. */
  private static final class Geometry {
    final algorithm kind;
    final memory.desc x;
    final memory.desc y;
    final long[] strides;
    final long[] kernel;
    final long[] dilations = {0, 0};
    final long[] before;
    final long[] after;

    Geometry(PoolSize s, int n) {
      Window v = s.vertical();
      Window h = s.horizontal();
      kind =
          s.kind() == PoolSize.Kind.MAX
              ? algorithm.pooling_max
              : s.countPadding()
                  ? algorithm.pooling_avg_include_padding
                  : algorithm.pooling_avg_exclude_padding;
      x = Layout.images(n, s.input());
      y = Layout.images(n, s.output());
      strides = new long[] {v.stride(), h.stride()};
      kernel = new long[] {v.kernel(), h.kernel()};
      before = new long[] {v.padding(), h.padding()};
      after =
          new long[] {
            after(v, s.input().height(), s.outputHeight()),
            after(h, s.input().width(), s.outputWidth())
          };
    }

    /** Pixels by which the last window goes beyond the image. */
    private static long after(Window w, int length, int positions) {
      return Math.max(0, (positions - 1L) * w.stride() + w.kernel() - length - w.padding());
    }

    /** Whether a window goes beyond even the padding, where nothing is counted any more. */
    boolean beyondPadding(PoolSize s) {
      return s.kind() == PoolSize.Kind.AVERAGE
          && s.countPadding()
          && (after[0] > before[0] || after[1] > before[1]);
    }
  }

  private pooling_forward.primitive_desc forwardOf(Geometry g, data_type type) {
    return new pooling_forward.primitive_desc(
        context.cpu(),
        prop_kind.forward_training,
        g.kind,
        Layout.typed(g.x, type),
        Layout.typed(g.y, type),
        g.strides,
        g.kernel,
        g.dilations,
        g.before,
        g.after,
        context.attributes(),
        false);
  }

  void forward(PoolSize s, int n, NativeBuffer x, NativeBuffer y, @Nullable NativeBuffer windows) {
    if (windows == null || s.kind() != PoolSize.Kind.MAX) {
      context.run(new Key("pool", s, n, false), p -> planForward(p, s, n, false), x, y);
    } else {
      context.run(new Key("pool", s, n, true), p -> planForward(p, s, n, true), x, y, windows);
    }
  }

  private void planForward(Plan plan, PoolSize s, int n, boolean remembers) {
    Geometry g = new Geometry(s, n);
    data_type type = plan.common(0, 1);
    pooling_forward.primitive_desc forward = forwardOf(g, type);
    Plan.Argument x = plan.read(DNNL_ARG_SRC, g.x, type, 0);
    Plan.Argument y = plan.written(DNNL_ARG_DST, g.y, type, 1);
    if (s.kind() == PoolSize.Kind.MAX) {
      memory.desc layout = forward.workspace_desc();
      Plan.Place windows = remembers ? remembered(layout, s, n, 2) : plan.work(layout);
      plan.step(forward, x, y, argument(DNNL_ARG_WORKSPACE, layout, windows));
    } else {
      plan.step(forward, x, y);
    }
    if (g.beyondPadding(s)) {
      scale(plan, s, g, type, y.place(), y.place());
    }
  }

  /** The bytes of a workspace in the i-th buffer given. */
  private static Plan.Place remembered(memory.desc layout, PoolSize s, int n, int i) {
    if (layout.get_size() > (long) n * s.memory() * Float.BYTES) {
      throw new IllegalStateException("oneDNN wants " + layout.get_size() + " bytes for windows");
    }
    return new Plan.Given(i);
  }

  void gradient(
      PoolSize s,
      int n,
      NativeBuffer x,
      @Nullable NativeBuffer windows,
      NativeBuffer dy,
      NativeBuffer dx) {
    if (windows == null || s.kind() != PoolSize.Kind.MAX) {
      context.run(
          new Key("pool's gradient", s, n, false), p -> planGradient(p, s, n, false), x, dy, dx);
    } else {
      context.run(
          new Key("pool's gradient", s, n, true),
          p -> planGradient(p, s, n, true),
          x,
          dy,
          dx,
          windows);
    }
  }

  private void planGradient(Plan plan, PoolSize s, int n, boolean remembers) {
    Geometry g = new Geometry(s, n);
    data_type type = plan.common(1, 2);
    pooling_forward.primitive_desc forward = forwardOf(g, type);
    pooling_backward.primitive_desc backward =
        new pooling_backward.primitive_desc(
            context.cpu(),
            g.kind,
            Layout.typed(g.x, type),
            Layout.typed(g.y, type),
            g.strides,
            g.kernel,
            g.dilations,
            g.before,
            g.after,
            forward,
            context.attributes(),
            false);
    Plan.Argument dx = plan.written(DNNL_ARG_DIFF_SRC, g.x, type, 2);
    Plan.Argument dy = plan.read(DNNL_ARG_DIFF_DST, g.y, type, 1);
    if (s.kind() == PoolSize.Kind.MAX) {
      memory.desc layout = forward.workspace_desc();
      Plan.Place windows =
          remembers ? remembered(layout, s, n, 3) : again(plan, g, forward, type, layout);
      plan.step(backward, dy, dx, argument(DNNL_ARG_WORKSPACE, layout, windows));
    } else if (g.beyondPadding(s)) {
      Plan.Place scaled = plan.work(dy.layout());
      scale(plan, s, g, type, dy.place(), scaled);
      plan.step(backward, argument(DNNL_ARG_DIFF_DST, dy.layout(), scaled), dx);
    } else {
      plan.step(backward, dy, dx);
    }
  }

  /** Adds the forward pass once more, for its workspace. */
  private static Plan.Place again(
      Plan plan,
      Geometry g,
      pooling_forward.primitive_desc forward,
      data_type type,
      memory.desc layout) {
    memory.desc y = Layout.typed(g.y, type);
    Plan.Place windows = plan.work(layout);
    plan.step(
        forward,
        plan.read(DNNL_ARG_SRC, g.x, type, 0),
        argument(DNNL_ARG_DST, y, plan.work(y)),
        argument(DNNL_ARG_WORKSPACE, layout, windows));
    return windows;
  }

  /**
   * Adds what oneDNN does not know: a window that goes beyond the padding is divided by the pixels
   * it has within it, not by all of its own.
   */
  private void scale(
      Plan plan, PoolSize s, Geometry g, data_type type, Plan.Place from, Plan.Place to) {
    memory.desc y = Layout.typed(g.y, type);
    memory.desc factors = Layout.of(format_tag.nhwc, 1, 1, s.outputHeight(), s.outputWidth());
    plan.step(
        new binary.primitive_desc(
            context.cpu(), algorithm.binary_mul, y, factors, y, context.attributes(), false),
        argument(DNNL_ARG_SRC_0, y, from),
        argument(DNNL_ARG_SRC_1, factors, plan.constant(factors(s))),
        argument(DNNL_ARG_DST, y, to));
  }

  private static float[] factors(PoolSize s) {
    float[] factors = new float[s.outputHeight() * s.outputWidth()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] =
          factor(s.vertical(), i / s.outputWidth(), s.input().height())
              * factor(s.horizontal(), i % s.outputWidth(), s.input().width());
    }
    return factors;
  }

  private static float factor(Window w, int position, int length) {
    int start = position * w.stride() - w.padding();
    return (float) w.kernel() / (Math.min(start + w.kernel(), length + w.padding()) - start);
  }
}
