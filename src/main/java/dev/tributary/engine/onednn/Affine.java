package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static dev.tributary.engine.onednn.Plan.given;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tributary.engine.AffineSize;
import java.util.Arrays;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/** The affine operation and its gradients, as products of matrices. */
final class Affine {
  private record Key(String operation, AffineSize size, int n, boolean bias) {}

  private final Context context;

  Affine(Context context) {
    this.context = context;
  }

  void forward(
      AffineSize s,
      int n,
      NativeBuffer x,
      NativeBuffer weight,
      @Nullable NativeBuffer bias,
      NativeBuffer y) {
    Plan plan =
        context.plan(
            new Key("affine", s, n, bias != null), p -> planForward(p, s, n, bias != null));
    if (bias == null) {
      plan.run(x, weight, y);
    } else {
      plan.run(x, weight, y, bias);
    }
  }

  private void planForward(Plan plan, AffineSize s, int n, boolean biased) {
    memory.desc x = Layout.matrix(n, s.inputs());
    memory.desc weight = Layout.transposed(s.outputs(), s.inputs());
    memory.desc y = Layout.matrix(n, s.outputs());
    if (biased) {
      memory.desc bias = Layout.matrix(1, s.outputs());
      plan.step(
          new matmul.primitive_desc(context.cpu(), x, weight, bias, y, context.attributes(), false),
          given(DNNL_ARG_SRC, x, 0),
          given(DNNL_ARG_WEIGHTS, weight, 1),
          given(DNNL_ARG_DST, y, 2),
          given(DNNL_ARG_BIAS, bias, 3));
    } else {
      product(plan, x, 0, weight, 1, y, 2);
    }
  }

  void inputGradient(AffineSize s, int n, NativeBuffer dy, NativeBuffer weight, NativeBuffer dx) {
    context
        .plan(
            new Key("affine's input gradient", s, n, false),
            p ->
                product(
                    p,
                    Layout.matrix(n, s.outputs()),
                    0,
                    Layout.matrix(s.outputs(), s.inputs()),
                    1,
                    Layout.matrix(n, s.inputs()),
                    2))
        .run(dy, weight, dx);
  }

  void weightGradient(
      AffineSize s,
      int n,
      NativeBuffer x,
      NativeBuffer dy,
      NativeBuffer dWeight,
      @Nullable NativeBuffer dBias) {
    Plan plan =
        context.plan(
            new Key("affine's weight gradient", s, n, dBias != null),
            p -> planWeightGradient(p, s, n, dBias != null));
    if (dBias == null) {
      plan.run(x, dy, dWeight);
    } else {
      plan.run(x, dy, dWeight, dBias);
    }
  }

  private void planWeightGradient(Plan plan, AffineSize s, int n, boolean biased) {
    product(
        plan,
        Layout.transposed(n, s.outputs()),
        1,
        Layout.matrix(n, s.inputs()),
        0,
        Layout.matrix(s.outputs(), s.inputs()),
        2);
    if (biased) {
      float[] ones = new float[n];
      Arrays.fill(ones, 1f);
      memory.desc row = Layout.matrix(1, n);
      memory.desc dy = Layout.matrix(n, s.outputs());
      memory.desc dBias = Layout.matrix(1, s.outputs());
      plan.step(
          new matmul.primitive_desc(context.cpu(), row, dy, dBias, context.attributes(), false),
          argument(DNNL_ARG_SRC, row, plan.constant(ones)),
          given(DNNL_ARG_WEIGHTS, dy, 1),
          given(DNNL_ARG_DST, dBias, 3));
    }
  }

  /** Adds {@code c = a b}, given the three matrices' layouts and places among the buffers. */
  private void product(
      Plan plan, memory.desc a, int atA, memory.desc b, int atB, memory.desc c, int atC) {
    plan.step(
        new matmul.primitive_desc(context.cpu(), a, b, c, context.attributes(), false),
        given(DNNL_ARG_SRC, a, atA),
        given(DNNL_ARG_WEIGHTS, b, atB),
        given(DNNL_ARG_DST, c, atC));
  }
}
