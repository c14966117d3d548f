package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
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
import org.bytedeco.dnnl.memory.data_type;
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
    context.run(
        new Key("layer norm", s, n, false),
        p -> planForward(p, s, n),
        x,
        gamma,
        beta,
        y,
        both.part(0, n),
        both.part(n, n));
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
    memory.desc plain = Layout.matrix(n, s.features());
    memory.desc row = Layout.vector(s.features());
    memory.desc moment = Layout.vector(n);
    data_type type = plan.common(0, 3);
    plan.step(
        forwardOf(Layout.typed(plain, type), s),
        plan.read(DNNL_ARG_SRC, plain, type, 0),
        plan.read(DNNL_ARG_SCALE, row, data_type.f32, 1),
        plan.read(DNNL_ARG_SHIFT, row, data_type.f32, 2),
        plan.written(DNNL_ARG_DST, plain, type, 3),
        plan.given(DNNL_ARG_MEAN, moment, 4),
        plan.given(DNNL_ARG_VARIANCE, moment, 5));
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
    NativeBuffer variance = mean.part(n, n);
    Key key = new Key("layer norm's gradient", s, n, dx != null);
    if (dx == null) {
      context.run(
          key, p -> planGradient(p, s, n, false), x, gamma, mean, variance, dy, dGamma, dBeta);
    } else {
      context.run(
          key, p -> planGradient(p, s, n, true), x, gamma, mean, variance, dy, dGamma, dBeta, dx);
    }
  }

  private void planGradient(Plan plan, NormSize s, int n, boolean inputGradient) {
    memory.desc plain = Layout.matrix(n, s.features());
    memory.desc row = Layout.vector(s.features());
    memory.desc moment = Layout.vector(n);
    data_type type = inputGradient ? plan.common(0, 4, 7) : plan.common(0, 4);
    memory.desc layout = Layout.typed(plain, type);
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
        plan.read(DNNL_ARG_SRC, plain, type, 0),
        plan.read(DNNL_ARG_SCALE, row, data_type.f32, 1),
        plan.given(DNNL_ARG_MEAN, moment, 2),
        plan.given(DNNL_ARG_VARIANCE, moment, 3),
        plan.read(DNNL_ARG_DIFF_DST, plain, type, 4),
        plan.written(DNNL_ARG_DIFF_SCALE, row, data_type.f32, 5),
        plan.written(DNNL_ARG_DIFF_SHIFT, row, data_type.f32, 6),
        inputGradient
            ? plan.written(DNNL_ARG_DIFF_SRC, plain, type, 7)
            : argument(DNNL_ARG_DIFF_SRC, layout, plan.work(layout)));
  }
}
