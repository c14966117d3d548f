package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tributary.engine.Activation;
import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Precision;
import java.util.Arrays;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.jspecify.annotations.Nullable;

/** The affine operation and its gradients, as products of matrices. */
final class Affine {
  private record Key(
      String operation, AffineSize size, int n, boolean bias, @Nullable Activation after) {}

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
      @Nullable Activation f,
      NativeBuffer y) {
    Key key = new Key("affine", s, n, bias != null, f);
    if (bias == null) {
      context.run(key, p -> planForward(p, s, n, false, f), x, weight, y);
    } else {
      context.run(key, p -> planForward(p, s, n, true, f), x, weight, y, bias);
    }
  }

  private void planForward(Plan plan, AffineSize s, int n, boolean biased, @Nullable Activation f) {
    product(
        plan,
        new Matrix(Layout.matrix(n, s.inputs()), 0),
        new Matrix(Layout.transposed(s.outputs(), s.inputs()), 1),
        new Matrix(Layout.matrix(n, s.outputs()), 2),
        biased,
        f);
  }

  void inputGradient(AffineSize s, int n, NativeBuffer dy, NativeBuffer weight, NativeBuffer dx) {
    context.run(
        new Key("affine's input gradient", s, n, false, null),
        p ->
            product(
                p,
                new Matrix(Layout.matrix(n, s.outputs()), 0),
                new Matrix(Layout.matrix(s.outputs(), s.inputs()), 1),
                new Matrix(Layout.matrix(n, s.inputs()), 2),
                false,
                null),
        dy,
        weight,
        dx);
  }

  void weightGradient(
      AffineSize s,
      int n,
      NativeBuffer x,
      NativeBuffer dy,
      NativeBuffer dWeight,
      @Nullable NativeBuffer dBias) {
    Key key = new Key("affine's weight gradient", s, n, dBias != null, null);
    if (dBias == null) {
      context.run(key, p -> planWeightGradient(p, s, n, false), x, dy, dWeight);
    } else {
      context.run(key, p -> planWeightGradient(p, s, n, true), x, dy, dWeight, dBias);
    }
  }

  private void planWeightGradient(Plan plan, AffineSize s, int n, boolean biased) {
    product(
        plan,
        new Matrix(Layout.transposed(n, s.outputs()), 1),
        new Matrix(Layout.matrix(n, s.inputs()), 0),
        new Matrix(Layout.matrix(s.outputs(), s.inputs()), 2),
        false,
        null);
    if (biased) {
      sumOfRows(plan, n, s.outputs());
    }
  }

  /** Adds {@code db = 1ᵀ dy}, from buffer 1 to buffer 3, as a product with a row of ones. */
  private void sumOfRows(Plan plan, int n, int outputs) {
    float[] values = new float[n];
    Arrays.fill(values, 1f);
    memory.desc row = Layout.matrix(1, n);
    Plan.Place ones = plan.constant(values);
    memory.desc factor = Layout.typed(row, plan.type(1));
    if (!factor.equals(row)) {
      Plan.Place rounded = plan.work(factor);
      plan.reorder(row, ones, factor, rounded);
      ones = rounded;
    }
    Plan.Argument dy = plan.given(DNNL_ARG_WEIGHTS, Layout.matrix(n, outputs), 1);
    Plan.Argument dBias = plan.given(DNNL_ARG_DST, Layout.matrix(1, outputs), 3);
    plan.step(
        new matmul.primitive_desc(
            context.cpu(), factor, dy.layout(), dBias.layout(), context.attributes(), false),
        argument(DNNL_ARG_SRC, factor, ones),
        dy,
        dBias);
  }

  /** A matrix as it lies, in float32, and which of the buffers given holds it. */
  private record Matrix(memory.desc plain, int buffer) {
    long rows() {
      return plain.get_dims().get(0);
    }

    long columns() {
      return plain.get_dims().get(1);
    }

    boolean isTransposed() {
      return plain.get_strides().get(0) < plain.get_strides().get(1);
    }
  }

  /**
   * Adds {@code c = f(a b)}. A bias, the buffer after c, is added to each row before f.
   *
   * <p>Factors keep their plain layouts, also in bfloat16: the copies that the kernels make of
   * blocks of them are a twentieth of what a reorder of the whole costs.
   */
  private void product(
      Plan plan, Matrix a, Matrix b, Matrix c, boolean biased, @Nullable Activation f) {
    data_type type = context.precision() == Precision.F32 ? data_type.f32 : data_type.bf16;
    Plan.Argument left = plan.read(DNNL_ARG_SRC, a.plain(), type, a.buffer());
    Plan.Argument right = plan.read(DNNL_ARG_WEIGHTS, b.plain(), type, b.buffer());
    Plan.Argument result = plan.given(DNNL_ARG_DST, c.plain(), c.buffer());
    memory.desc bias = biased ? Layout.matrix(1, c.columns()) : new memory.desc();
    ProductKernel kernel =
        new ProductKernel(a.rows(), b.columns(), a.columns(), a.isTransposed(), b.isTransposed());
    matmul.primitive_desc product =
        kernel.of(
            () ->
                new matmul.primitive_desc(
                    context.cpu(),
                    left.layout(),
                    right.layout(),
                    bias,
                    result.layout(),
                    context.attributes(f),
                    false));
    if (biased) {
      plan.step(
          product,
          left,
          right,
          result,
          plan.read(DNNL_ARG_BIAS, bias, data_type.f32, c.buffer() + 1));
    } else {
      plan.step(product, left, right, result);
    }
  }
}
