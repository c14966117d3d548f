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
import dev.tributary.tensor.Shape;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation and its gradient. The rows are taken as the pixels of one image, (1, rows, 1,
 * features), which is what oneDNN's fast kernels are for.
 */
final class BatchNorm {
  private record Key(String operation, NormSize size, int rows, boolean constantStatistics) {}

  private static final int SCALE_AND_SHIFT = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private final Context context;
  private final Moments moments;

  BatchNorm(Context context, Moments moments) {
    this.context = context;
    this.moments = moments;
  }

  private static memory.desc rows(NormSize s, int rows) {
    return Layout.images(1, Shape.image(rows, 1, s.features()));
  }

  private batch_normalization_forward.primitive_desc forwardOf(
      memory.desc layout, NormSize s, int flags) {
    return new batch_normalization_forward.primitive_desc(
        context.cpu(),
        dnnl.dnnl_forward_training,
        layout,
        layout,
        (float) s.epsilon(),
        flags,
        context.attributes(),
        false);
  }

  /** oneDNN finds the statistics on the way to values that are not needed here. */
  void statistics(NormSize s, int rows, NativeBuffer x, NativeBuffer statistics) {
    NativeBuffer both = moments.buffer(s.features());
    context
        .plan(new Key("column statistics", s, rows, false), p -> planStatistics(p, s, rows))
        .run(x, both, (NativeBuffer) both.slice(s.features(), s.features()));
    moments.toColumns(s, rows, statistics);
  }

  private void planStatistics(Plan plan, NormSize s, int rows) {
    memory.desc layout = rows(s, rows);
    memory.desc moment = Layout.vector(s.features());
    plan.step(
        forwardOf(layout, s, 0),
        given(DNNL_ARG_SRC, layout, 0),
        argument(DNNL_ARG_DST, layout, plan.work(layout)),
        given(DNNL_ARG_MEAN, moment, 1),
        given(DNNL_ARG_VARIANCE, moment, 2));
  }

  void forward(
      NormSize s,
      int rows,
      NativeBuffer x,
      NativeBuffer gamma,
      NativeBuffer beta,
      NativeBuffer statistics,
      NativeBuffer y) {
    NativeBuffer mean = moments.ofColumns(s, statistics);
    NativeBuffer variance = (NativeBuffer) mean.slice(s.features(), s.features());
    context
        .plan(new Key("batch norm", s, rows, true), p -> planForward(p, s, rows))
        .run(x, gamma, beta, mean, variance, y);
  }

  private void planForward(Plan plan, NormSize s, int rows) {
    memory.desc layout = rows(s, rows);
    memory.desc feature = Layout.vector(s.features());
    plan.step(
        forwardOf(layout, s, SCALE_AND_SHIFT | dnnl.dnnl_use_global_stats),
        given(DNNL_ARG_SRC, layout, 0),
        given(DNNL_ARG_SCALE, feature, 1),
        given(DNNL_ARG_SHIFT, feature, 2),
        given(DNNL_ARG_MEAN, feature, 3),
        given(DNNL_ARG_VARIANCE, feature, 4),
        given(DNNL_ARG_DST, layout, 5));
  }

  void gradient(
      NormSize s,
      int rows,
      boolean constantStatistics,
      NativeBuffer x,
      NativeBuffer gamma,
      NativeBuffer statistics,
      NativeBuffer dy,
      @Nullable NativeBuffer dx,
      NativeBuffer dGamma,
      NativeBuffer dBeta) {
    NativeBuffer mean = moments.ofColumns(s, statistics);
    NativeBuffer variance = (NativeBuffer) mean.slice(s.features(), s.features());
    if (dx == null) {
      context
          .plan(
              new Key("batch norm's gradient by γ and β", s, rows, constantStatistics),
              p -> planGradient(p, s, rows, constantStatistics, false))
          .run(x, gamma, mean, variance, dy, dGamma, dBeta);
    } else {
      context
          .plan(
              new Key("batch norm's gradient", s, rows, constantStatistics),
              p -> planGradient(p, s, rows, constantStatistics, true))
          .run(x, gamma, mean, variance, dy, dGamma, dBeta, dx);
    }
  }

  private void planGradient(
      Plan plan, NormSize s, int rows, boolean constantStatistics, boolean inputGradient) {
    int flags = SCALE_AND_SHIFT | (constantStatistics ? dnnl.dnnl_use_global_stats : 0);
    memory.desc layout = rows(s, rows);
    memory.desc feature = Layout.vector(s.features());
    plan.step(
        new batch_normalization_backward.primitive_desc(
            context.cpu(),
            dnnl.dnnl_backward,
            layout,
            layout,
            layout,
            (float) s.epsilon(),
            flags,
            forwardOf(layout, s, flags),
            context.attributes(),
            false),
        given(DNNL_ARG_SRC, layout, 0),
        given(DNNL_ARG_SCALE, feature, 1),
        given(DNNL_ARG_MEAN, feature, 2),
        given(DNNL_ARG_VARIANCE, feature, 3),
        given(DNNL_ARG_DIFF_DST, layout, 4),
        given(DNNL_ARG_DIFF_SCALE, feature, 5),
        given(DNNL_ARG_DIFF_SHIFT, feature, 6),
        argument(DNNL_ARG_DIFF_SRC, layout, inputGradient ? new Plan.Given(7) : plan.work(layout)));
  }
}
