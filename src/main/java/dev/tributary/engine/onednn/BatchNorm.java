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
import dev.tributary.tensor.Shape;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
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
    context.run(
        new Key("column statistics", s, rows, false),
        p -> planStatistics(p, s, rows),
        x,
        both,
        both.part(s.features(), s.features()));
    moments.toColumns(s, rows, statistics);
  }

  private void planStatistics(Plan plan, NormSize s, int rows) {
    Plan.Argument x = plan.given(DNNL_ARG_SRC, rows(s, rows), 0);
    memory.desc moment = Layout.vector(s.features());
    plan.step(
        forwardOf(x.layout(), s, 0),
        x,
        argument(DNNL_ARG_DST, x.layout(), plan.work(x.layout())),
        plan.given(DNNL_ARG_MEAN, moment, 1),
        plan.given(DNNL_ARG_VARIANCE, moment, 2));
  }

  /** By the batch's own statistics, which are left in {@code statistics}. */
  void forwardOfBatch(
      NormSize s,
      int rows,
      NativeBuffer x,
      NativeBuffer gamma,
      NativeBuffer beta,
      NativeBuffer statistics,
      NativeBuffer y) {
    NativeBuffer mean = moments.buffer(s.features());
    NativeBuffer variance = mean.part(s.features(), s.features());
    context.run(
        new Key("batch norm", s, rows, false),
        p -> planForward(p, s, rows, SCALE_AND_SHIFT),
        x,
        gamma,
        beta,
        mean,
        variance,
        y);
    moments.toColumns(s, rows, statistics);
  }

  /** By the statistics given. */
  void forward(
      NormSize s,
      int rows,
      NativeBuffer x,
      NativeBuffer gamma,
      NativeBuffer beta,
      NativeBuffer statistics,
      NativeBuffer y) {
    NativeBuffer mean = moments.ofColumns(s, statistics);
    NativeBuffer variance = mean.part(s.features(), s.features());
    context.run(
        new Key("batch norm", s, rows, true),
        p -> planForward(p, s, rows, SCALE_AND_SHIFT | dnnl.dnnl_use_global_stats),
        x,
        gamma,
        beta,
        mean,
        variance,
        y);
  }

  private void planForward(Plan plan, NormSize s, int rows, int flags) {
    memory.desc plain = rows(s, rows);
    memory.desc feature = Layout.vector(s.features());
    data_type type = plan.common(0, 5);
    plan.step(
        forwardOf(Layout.typed(plain, type), s, flags),
        plan.read(DNNL_ARG_SRC, plain, type, 0),
        plan.read(DNNL_ARG_SCALE, feature, data_type.f32, 1),
        plan.read(DNNL_ARG_SHIFT, feature, data_type.f32, 2),
        plan.given(DNNL_ARG_MEAN, feature, 3),
        plan.given(DNNL_ARG_VARIANCE, feature, 4),
        plan.written(DNNL_ARG_DST, plain, type, 5));
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
    NativeBuffer variance = mean.part(s.features(), s.features());
    if (dx == null) {
      context.run(
          new Key("batch norm's gradient by γ and β", s, rows, constantStatistics),
          p -> planGradient(p, s, rows, constantStatistics, false),
          x,
          gamma,
          mean,
          variance,
          dy,
          dGamma,
          dBeta);
    } else {
      context.run(
          new Key("batch norm's gradient", s, rows, constantStatistics),
          p -> planGradient(p, s, rows, constantStatistics, true),
          x,
          gamma,
          mean,
          variance,
          dy,
          dGamma,
          dBeta,
          dx);
    }
  }

  private void planGradient(
      Plan plan, NormSize s, int rows, boolean constantStatistics, boolean inputGradient) {
    int flags = SCALE_AND_SHIFT | (constantStatistics ? dnnl.dnnl_use_global_stats : 0);
    memory.desc plain = rows(s, rows);
    memory.desc feature = Layout.vector(s.features());
    data_type type = inputGradient ? plan.common(0, 4, 7) : plan.common(0, 4);
    memory.desc layout = Layout.typed(plain, type);
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
        plan.read(DNNL_ARG_SRC, plain, type, 0),
        plan.read(DNNL_ARG_SCALE, feature, data_type.f32, 1),
        plan.given(DNNL_ARG_MEAN, feature, 2),
        plan.given(DNNL_ARG_VARIANCE, feature, 3),
        plan.read(DNNL_ARG_DIFF_DST, plain, type, 4),
        plan.written(DNNL_ARG_DIFF_SCALE, feature, data_type.f32, 5),
        plan.written(DNNL_ARG_DIFF_SHIFT, feature, data_type.f32, 6),
        inputGradient
            ? plan.written(DNNL_ARG_DIFF_SRC, plain, type, 7)
            : argument(DNNL_ARG_DIFF_SRC, layout, plan.work(layout)));
  }
}
