package dev.tributary.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;

/** Softmax and its logarithm, row by row; in float32 whatever the precision. */
final class Softmax {
  private record Key(String operation, int n, int classes) {}

  private static final int CLASSES_AXIS = 1;

  private final Context context;
  private final String name;
  private final algorithm kind;

  private Softmax(Context context, String name, algorithm kind) {
    this.context = context;
    this.name = name;
    this.kind = kind;
  }

  static Softmax plain(Context context) {
    return new Softmax(context, "softmax", algorithm.softmax_accurate);
  }

  static Softmax logarithm(Context context) {
    return new Softmax(context, "log-softmax", algorithm.softmax_log);
  }

  void forward(int n, int classes, NativeBuffer x, NativeBuffer y) {
    context.run(new Key(name, n, classes), p -> planForward(p, n, classes), x, y);
  }

  private void planForward(Plan plan, int n, int classes) {
    memory.desc layout = Layout.matrix(n, classes);
    plan.step(
        forwardOf(layout),
        plan.read(DNNL_ARG_SRC, layout, data_type.f32, 0),
        plan.written(DNNL_ARG_DST, layout, data_type.f32, 1));
  }

  private softmax_forward.primitive_desc forwardOf(memory.desc layout) {
    return new softmax_forward.primitive_desc(
        context.cpu(),
        prop_kind.forward_training,
        kind,
        layout,
        layout,
        CLASSES_AXIS,
        context.attributes(),
        false);
  }

  void gradient(int n, int classes, NativeBuffer y, NativeBuffer dy, NativeBuffer dx) {
    context.run(
        new Key(name + "'s gradient", n, classes), p -> planGradient(p, n, classes), y, dy, dx);
  }

  private void planGradient(Plan plan, int n, int classes) {
    memory.desc layout = Layout.matrix(n, classes);
    plan.step(
        new softmax_backward.primitive_desc(
            context.cpu(),
            kind,
            layout,
            layout,
            layout,
            CLASSES_AXIS,
            forwardOf(layout),
            context.attributes(),
            false),
        plan.read(DNNL_ARG_DST, layout, data_type.f32, 0),
        plan.read(DNNL_ARG_DIFF_DST, layout, data_type.f32, 1),
        plan.written(DNNL_ARG_DIFF_SRC, layout, data_type.f32, 2));
  }
}
