package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.given;
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

/** The activations, by oneDNN's names; SELU is ELU and a scale. */
final class Activations {
  private record Key(String operation, Activation f, int count) {}

  private final Context context;

  Activations(Context context) {
    this.context = context;
  }

  void forward(Activation f, int count, NativeBuffer x, NativeBuffer y) {
    context.plan(new Key("activation", f, count), p -> planForward(p, f, count)).run(x, y);
  }

  private void planForward(Plan plan, Activation f, int count) {
    memory.desc layout = Layout.vector(count);
    plan.step(
        forwardOf(algorithm(f), alpha(f), layout),
        given(DNNL_ARG_SRC, layout, 0),
        given(DNNL_ARG_DST, layout, 1));
    scaleSelu(plan, f, layout, 1);
  }

  void gradient(Activation f, int count, NativeBuffer x, NativeBuffer dy, NativeBuffer dx) {
    context
        .plan(new Key("activation's gradient", f, count), p -> planGradient(p, f, count))
        .run(x, dy, dx);
  }

  private void planGradient(Plan plan, Activation f, int count) {
    memory.desc layout = Layout.vector(count);
    plan.step(
        new eltwise_backward.primitive_desc(
            context.cpu(),
            algorithm(f),
            layout,
            layout,
            layout,
            alpha(f),
            0f,
            forwardOf(algorithm(f), alpha(f), layout),
            context.attributes(),
            false),
        given(DNNL_ARG_SRC, layout, 0),
        given(DNNL_ARG_DIFF_DST, layout, 1),
        given(DNNL_ARG_DIFF_SRC, layout, 2));
    scaleSelu(plan, f, layout, 2);
  }

  /** SELU's λ, by which ELU and its derivative are scaled in place. */
  private void scaleSelu(Plan plan, Activation f, memory.desc layout, int buffer) {
    if (f.kind() == Activation.Kind.SELU) {
      plan.step(
          forwardOf(algorithm.eltwise_linear, (float) Activation.SELU_SCALE, layout),
          given(DNNL_ARG_SRC, layout, buffer),
          given(DNNL_ARG_DST, layout, buffer));
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
