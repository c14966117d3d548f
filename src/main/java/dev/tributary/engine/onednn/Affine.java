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
import java.util.function.Function;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.jspecify.annotations.Nullable;

/** The affine operation and its gradients, as products of matrices. */
final class Affine {
  private record Key(
      String operation, AffineSize size, int n, boolean bias, @Nullable Activation after) {}

  private record WeightKey(AffineSize size, int n, boolean bias, long copied) {}

  /** Rows that oneDNN's transposition takes at a time; others it walks through one by one. */
  private static final int BLOCK = 16;

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
    long blocks = Layout.roundedUp(n, BLOCK);
    long copied = blocks * s.outputs() <= dy.size() ? blocks : n;
    WeightKey key = new WeightKey(s, n, dBias != null, copied);
    if (dBias == null) {
      context.run(key, p -> planWeightGradient(p, key), x, dy, dWeight);
    } else {
      context.run(key, p -> planWeightGradient(p, key), x, dy, dWeight, dBias);
    }
  }

  private void planWeightGradient(Plan plan, WeightKey key) {
    AffineSize s = key.size();
    int n = key.n();
    product(
        plan,
        new Matrix(Layout.transposed(n, s.outputs()), 1, key.copied()),
        new Matrix(Layout.matrix(n, s.inputs()), 0),
        new Matrix(Layout.matrix(s.outputs(), s.inputs()), 2),
        false,
        null);
    if (key.bias()) {
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

  /**
   * A matrix as it lies, in float32, and which of the buffers given holds it.
   *
   * @param readable of one that lies as its transpose, how many columns may be read, if not used
   */
  private record Matrix(memory.desc plain, int buffer, long readable) {
    Matrix(memory.desc plain, int buffer) {
      this(plain, buffer, plain.get_dims().get(1));
    }

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
   * blocks of them are a twentieth of what a reorder of the whole costs; but for some that lie as
   * their transposes ({@link ProductKernel#isTransposedBefore}).
   */
  private void product(
      Plan plan, Matrix a, Matrix b, Matrix c, boolean biased, @Nullable Activation f) {
    data_type type = context.precision() == Precision.F32 ? data_type.f32 : data_type.bf16;
    Plan.Argument lying = plan.read(DNNL_ARG_SRC, a.plain(), type, a.buffer());
    Plan.Argument right = plan.read(DNNL_ARG_WEIGHTS, b.plain(), type, b.buffer());
    Plan.Argument result = plan.given(DNNL_ARG_DST, c.plain(), c.buffer());
    memory.desc bias = biased ? Layout.matrix(1, c.columns()) : new memory.desc();
    ProductKernel kernel =
        new ProductKernel(a.rows(), b.columns(), a.columns(), a.isTransposed(), b.isTransposed());
    Function<memory.desc, matmul.primitive_desc> describe =
        factor ->
            new matmul.primitive_desc(
                context.cpu(),
                factor,
                right.layout(),
                bias,
                result.layout(),
                context.attributes(f),
                false);
    matmul.primitive_desc product = kernel.of(() -> describe.apply(lying.layout()));
    Plan.Argument left = lying;
    if (kernel.isTransposedBefore(ProductKernel.name(product))) {
      left = transposed(plan, a, lying);
      product = describe.apply(left.layout());
    }
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

  /**
   * A factor that lies as its transpose, copied to lie row-major. Columns are copied in whole
   * blocks where the buffer has room for what is then copied too much, and zeros take its place:
   * AMX takes columns two by two, so it multiplies what lies behind an odd number of them, by 0,
   * which of NaN makes NaN.
   */
  private static Plan.Argument transposed(Plan plan, Matrix a, Plan.Argument lying) {
    long width = Layout.roundedUp(a.columns(), 2 * BLOCK);
    data_type type = lying.layout().get_data_type();
    Plan.Work copy = plan.work(Layout.typed(Layout.matrix(a.rows(), width), type));
    plan.reorder(
        Layout.typed(Layout.transposed(a.readable(), a.rows()), type),
        lying.place(),
        Layout.typed(Layout.columns(a.rows(), a.readable(), width), type),
        copy);
    long behind = width - a.columns();
    if (behind > 0) {
      memory.desc gap = Layout.columns(a.rows(), behind, width);
      plan.reorder(
          Layout.matrix(a.rows(), behind),
          plan.constant(new float[Math.toIntExact(a.rows() * behind)]),
          Layout.typed(gap, type),
          copy.behind(a.columns() * Short.BYTES));
    }
    memory.desc used = Layout.typed(Layout.columns(a.rows(), a.columns(), width), type);
    return argument(lying.role(), used, copy);
  }
}
