package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static dev.tributary.engine.onednn.Plan.given;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
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
    product(
        plan,
        Layout.matrix(n, s.inputs()),
        0,
        Layout.transposed(s.outputs(), s.inputs()),
        1,
        Layout.matrix(n, s.outputs()),
        2,
        biased);
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
                    2,
                    false))
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
        2,
        false);
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

  /**
   * Adds {@code c = a b}, given the three matrices' layouts and places among the buffers. A bias,
   * the buffer after c, is added to each row.
   */
  private void product(
      Plan plan,
      memory.desc a,
      int atA,
      memory.desc b,
      int atB,
      memory.desc c,
      int atC,
      boolean biased) {
    memory.desc bias = biased ? Layout.matrix(1, c.get_dims().get(1)) : new memory.desc();
    matmul.primitive_desc product =
        new matmul.primitive_desc(
            context.cpu(), factor(a), factor(b), bias, c, context.attributes(), false);
    memory.desc left = product.src_desc();
    memory.desc right = product.weights_desc();
    List<Plan.Argument> arguments = new ArrayList<>();
    arguments.add(argument(DNNL_ARG_SRC, left, plan.reordered(atA, a, left)));
    arguments.add(argument(DNNL_ARG_WEIGHTS, right, plan.reordered(atB, b, right)));
    arguments.add(given(DNNL_ARG_DST, c, atC));
    if (biased) {
      arguments.add(given(DNNL_ARG_BIAS, bias, atC + 1));
    }
    plan.step(product, arguments.toArray(Plan.Argument[]::new));
  }

  /** The layout for a factor: as it is, or rounded and laid out as the product likes it. */
  private memory.desc factor(memory.desc plain) {
    return context.precision() == Precision.F32 ? plain : Layout.rounded(plain, format_tag.any);
  }
}
