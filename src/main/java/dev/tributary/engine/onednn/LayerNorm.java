package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static dev.tributary.engine.onednn.Plan.given;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;

import dev.tributary.engine.NormSize;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.layer_normalization_backward;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/** Layer normalisation and its gradient. */
final class LayerNorm {
  private record Key(String operation, NormSize size, int n, boolean inputGradient) {}

  private static final int SCALE_AND_SHIFT = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private final Context context;
  private final Moments moments;

  LayerNorm(Context context, Moments moments) {
    this.context = context;
    this.moments = moments;
  }

  void forward(
      NormSize s,
      int n,
      NativeBuffer x,
      NativeBuffer gamma,
      NativeBuffer beta,
      NativeBuffer y,
      NativeBuffer statistics) {
    NativeBuffer both = moments.buffer(n);
    context
        .plan(new Key("layer norm", s, n, false), p -> planForward(p, s, n))
        .run(x, gamma, beta, y, both, (NativeBuffer) both.slice(n, n));
    moments.toRows(s, n, statistics);
  }

  private layer_normalization_forward.primitive_desc forwardOf(memory.desc layout, NormSize s) {
    return new layer_normalization_forward.primitive_desc(
        context.cpu(),
        dnnl.dnnl_forward_training,
        layout,
        layout,
        (float) s.epsilon(),
        SCALE_AND_SHIFT,
        context.attributes(),
        false);
  }

  private void planForward(Plan plan, NormSize s, int n) {
    memory.desc layout = Layout.matrix(n, s.features());
    memory.desc row = Layout.vector(s.features());
    memory.desc moment = Layout.vector(n);
    plan.step(
        forwardOf(layout, s),
        given(DNNL_ARG_SRC, layout, 0),
        given(DNNL_ARG_SCALE, row, 1),
        given(DNNL_ARG_SHIFT, row, 2),
        given(DNNL_ARG_DST, layout, 3),
        given(DNNL_ARG_MEAN, moment, 4),
        given(DNNL_ARG_VARIANCE, moment, 5));
  }

  void gradient(
      NormSize s,
      int n,
      NativeBuffer x,
      NativeBuffer gamma,
      NativeBuffer statistics,
      NativeBuffer dy,
      @Nullable NativeBuffer dx,
      NativeBuffer dGamma,
      NativeBuffer dBeta) {
    NativeBuffer mean = moments.ofRows(s, n, statistics);
    NativeBuffer variance = (NativeBuffer) mean.slice(n, n);
    Plan plan =
        context.plan(
            new Key("layer norm's gradient", s, n, dx != null),
            p -> planGradient(p, s, n, dx != null));
    if (dx == null) {
      plan.run(x, gamma, mean, variance, dy, dGamma, dBeta);
    } else {
      plan.run(x, gamma, mean, variance, dy, dGamma, dBeta, dx);
    }
  }

  private void planGradient(Plan plan, NormSize s, int n, boolean inputGradient) {
    memory.desc layout = Layout.matrix(n, s.features());
    memory.desc row = Layout.vector(s.features());
    memory.desc moment = Layout.vector(n);
    plan.step(
        new layer_normalization_backward.primitive_desc(
            context.cpu(),
            dnnl.dnnl_backward,
            layout,
            layout,
            layout,
            (float) s.epsilon(),
            SCALE_AND_SHIFT,
            forwardOf(layout, s),
            context.attributes(),
            false),
        given(DNNL_ARG_SRC, layout, 0),
        given(DNNL_ARG_SCALE, row, 1),
        given(DNNL_ARG_MEAN, moment, 2),
        given(DNNL_ARG_VARIANCE, moment, 3),
        given(DNNL_ARG_DIFF_DST, layout, 4),
        given(DNNL_ARG_DIFF_SCALE, row, 5),
        given(DNNL_ARG_DIFF_SHIFT, row, 6),
        argument(DNNL_ARG_DIFF_SRC, layout, inputGradient ? new Plan.Given(7) : plan.work(layout)));
  }
}
