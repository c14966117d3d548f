package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static dev.tributary.engine.onednn.Plan.given;
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
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;

/**
 * Maximum and average pooling.
 *
 * <p>Which value of a window was the largest, the first if several were, oneDNN tells in a
 * workspace of the forward pass; the gradient runs that pass once more, into the work space, rather
 * than have every caller carry oneDNN's bytes about.
 */
final class Pooling {
  private record Key(String operation, PoolSize size, int n) {}

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

  private pooling_forward.primitive_desc forwardOf(Geometry g) {
    return new pooling_forward.primitive_desc(
        context.cpu(),
        prop_kind.forward_training,
        g.kind,
        g.x,
        g.y,
        g.strides,
        g.kernel,
        g.dilations,
        g.before,
        g.after,
        context.attributes(),
        false);
  }

  void forward(PoolSize s, int n, NativeBuffer x, NativeBuffer y) {
    context.plan(new Key("pool", s, n), p -> planForward(p, s, n)).run(x, y);
  }

  private void planForward(Plan plan, PoolSize s, int n) {
    Geometry g = new Geometry(s, n);
    addForward(plan, g, s, given(DNNL_ARG_DST, g.y, 1));
    if (g.beyondPadding(s)) {
      scale(plan, s, g, new Plan.Given(1), new Plan.Given(1));
    }
  }

  /** Adds the forward pass; the place of a maximum's workspace is given back. */
  private Plan.Argument addForward(Plan plan, Geometry g, PoolSize s, Plan.Argument y) {
    pooling_forward.primitive_desc forward = forwardOf(g);
    Plan.Argument x = given(DNNL_ARG_SRC, g.x, 0);
    if (s.kind() != PoolSize.Kind.MAX) {
      plan.step(forward, x, y);
      return y;
    }
    memory.desc layout = forward.workspace_desc();
    Plan.Argument workspace = argument(DNNL_ARG_WORKSPACE, layout, plan.work(layout));
    plan.step(forward, x, y, workspace);
    return workspace;
  }

  void gradient(PoolSize s, int n, NativeBuffer x, NativeBuffer dy, NativeBuffer dx) {
    context.plan(new Key("pool's gradient", s, n), p -> planGradient(p, s, n)).run(x, dy, dx);
  }

  private void planGradient(Plan plan, PoolSize s, int n) {
    Geometry g = new Geometry(s, n);
    pooling_backward.primitive_desc backward =
        new pooling_backward.primitive_desc(
            context.cpu(),
            g.kind,
            g.x,
            g.y,
            g.strides,
            g.kernel,
            g.dilations,
            g.before,
            g.after,
            forwardOf(g),
            context.attributes(),
            false);
    Plan.Argument dx = given(DNNL_ARG_DIFF_SRC, g.x, 2);
    if (s.kind() == PoolSize.Kind.MAX) {
      Plan.Argument again = argument(DNNL_ARG_DST, g.y, plan.work(g.y));
      Plan.Argument workspace = addForward(plan, g, s, again);
      plan.step(backward, given(DNNL_ARG_DIFF_DST, g.y, 1), dx, workspace);
    } else if (g.beyondPadding(s)) {
      Plan.Place scaled = plan.work(g.y);
      scale(plan, s, g, new Plan.Given(1), scaled);
      plan.step(backward, argument(DNNL_ARG_DIFF_DST, g.y, scaled), dx);
    } else {
      plan.step(backward, given(DNNL_ARG_DIFF_DST, g.y, 1), dx);
    }
  }

  /**
   * Adds what oneDNN does not know: a window that goes beyond the padding is divided by the pixels
   * it has within it, not by all of its own.
   */
  private void scale(Plan plan, PoolSize s, Geometry g, Plan.Place from, Plan.Place to) {
    memory.desc factors = Layout.of(format_tag.nhwc, 1, 1, s.outputHeight(), s.outputWidth());
    plan.step(
        new binary.primitive_desc(
            context.cpu(), algorithm.binary_mul, g.y, factors, g.y, context.attributes(), false),
        argument(DNNL_ARG_SRC_0, g.y, from),
        argument(DNNL_ARG_SRC_1, factors, plan.constant(factors(s))),
        argument(DNNL_ARG_DST, g.y, to));
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
