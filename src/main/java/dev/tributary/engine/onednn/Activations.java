package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import dev.tributary.engine.Activation;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.post_ops;

/** The activations, by oneDNN's names; SELU is ELU and a scale. */
final class Activations {
  private record Key(String operation, Activation f, int count) {}

  private final Context context;

  Activations(Context context) {
    this.context = context;
  }

  void forward(Activation f, int count, NativeBuffer x, NativeBuffer y) {
    context.run(new Key("activation", f, count), p -> planForward(p, f, count), x, y);
  }

  private void planForward(Plan plan, Activation f, int count) {
    memory.desc plain = Layout.vector(count);
    data_type type = plan.common(0, 1);
    Plan.Argument y = plan.written(DNNL_ARG_DST, plain, type, 1);
    plan.step(
        forwardOf(algorithm(f), alpha(f), y.layout()), plan.read(DNNL_ARG_SRC, plain, type, 0), y);
    scaleSelu(plan, f, y.layout(), y.place());
  }

  void gradient(Activation f, int count, NativeBuffer x, NativeBuffer dy, NativeBuffer dx) {
    context.run(
        new Key("activation's gradient", f, count), p -> planGradient(p, f, count), x, dy, dx);
  }

  private void planGradient(Plan plan, Activation f, int count) {
    memory.desc plain = Layout.vector(count);
    data_type type = plan.common(0, 1, 2);
    Plan.Argument x = plan.read(DNNL_ARG_SRC, plain, type, 0);
    Plan.Argument dy = plan.read(DNNL_ARG_DIFF_DST, plain, type, 1);
    Plan.Argument dx = plan.written(DNNL_ARG_DIFF_SRC, plain, type, 2);
    plan.step(
        new eltwise_backward.primitive_desc(
            context.cpu(),
            algorithm(f),
            dx.layout(),
            dy.layout(),
            x.layout(),
            alpha(f),
            0f,
            forwardOf(algorithm(f), alpha(f), x.layout()),
            context.attributes(),
            false),
        x,
        dy,
        dx);
    scaleSelu(plan, f, dx.layout(), dx.place());
  }

  /** SELU's λ, by which ELU and its derivative are scaled in place. */
  private void scaleSelu(Plan plan, Activation f, memory.desc layout, Plan.Place values) {
    if (f.kind() == Activation.Kind.SELU) {
      plan.step(
          forwardOf(algorithm.eltwise_linear, (float) Activation.SELU_SCALE, layout),
          argument(DNNL_ARG_SRC, layout, values),
          argument(DNNL_ARG_DST, layout, values));
    }
  }

  /** Adds the activation to what a primitive does behind its own work. */
  static void append(Activation f, post_ops behind) {
    behind.append_eltwise(algorithm(f), alpha(f), 0f);
    if (f.kind() == Activation.Kind.SELU) {
      behind.append_eltwise(algorithm.eltwise_linear, (float) Activation.SELU_SCALE, 0f);
    }
  }

  private eltwise_forward.primitive_desc forwardOf(
      algorithm function, float alpha, memory.desc layout) {
    return new eltwise_forward.primitive_desc(
        context.cpu(),
        prop_kind.forward_training,
        function,
        layout,
        layout,
        alpha,
        0f,
        context.attributes(),
        false);
  }

  private static algorithm algorithm(Activation f) {
    return switch (f.kind()) {
      case SIGMOID -> algorithm.eltwise_logistic;
      case TANH -> algorithm.eltwise_tanh;
      case RELU, LEAKY_RELU -> algorithm.eltwise_relu;
      case SOFTPLUS -> algorithm.eltwise_soft_relu;
      case ELU, SELU -> algorithm.eltwise_elu;
      case GELU -> algorithm.eltwise_gelu_erf;
      case SILU -> algorithm.eltwise_swish;
    };
  }

  private static float alpha(Activation f) {
    return switch (f.kind()) {
      case LEAKY_RELU, ELU -> f.alpha();
      case SELU -> (float) Activation.SELU_ALPHA;
      // The factor of x inside their exponentials.
      case SOFTPLUS, SILU -> 1f;
      case SIGMOID, TANH, RELU, GELU -> 0f;
    };
  }
}
