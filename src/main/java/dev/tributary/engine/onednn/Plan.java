package dev.tributary.engine.onednn;

import dev.tributary.engine.onednn.NativeBuffer.Holding;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.FloatPointer;

/**
 * How an operation of certain sizes is computed: primitives in a row, whose arguments are buffers
 * that {@link #run} is given, values that lie in the context's work space for the time of one run,
 * or constants.
 */
final class Plan implements AutoCloseable {
  /** Where an argument's values are. */
  sealed interface Place {}

  /** In the i-th buffer given to {@link #run}. */
  record Given(int i) implements Place {}

  /** In the rounded copy that goes with the i-th buffer given. */
  record Rounded(int i) implements Place {}

  /** In the context's work space, this many bytes from its start. */
  record Work(long offset) implements Place {
    /** The place so many bytes behind it. */
    Work behind(long bytes) {
      return new Work(offset + bytes);
    }
  }

  /** In a block of the plan's own. */
  record Constant(NativeBlock block) implements Place {}

  /**
   * One argument of a primitive.
   *
   * @param role what it is to the primitive: a {@code DNNL_ARG_…}
   */
  record Argument(int role, memory.desc layout, Place place) {}

  private static final long ALIGNMENT = 64;

  private final Context context;
  private final Holding[] holdings;
  private final List<Runnable> afterwards = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<NativeBlock> constants = new ArrayList<>();
  private long workBytes;
  private long scratchpadBytes;

  /**
   * A plan without steps.
   *
   * @param holdings how the buffers that it will be given hold their values
   */
  Plan(Context context, Holding[] holdings) {
    this.context = context;
    this.holdings = holdings;
  }

  static Argument argument(int role, memory.desc layout, Place place) {
    return new Argument(role, layout, place);
  }

  /** The type of the i-th buffer's values. */
  data_type type(int i) {
    return holdings[i] == Holding.BF16 ? data_type.bf16 : data_type.f32;
  }

  /** The type in which these buffers are worked on together: bfloat16 if all are held so. */
  data_type common(int... buffers) {
    for (int i : buffers) {
      if (type(i) == data_type.f32) {
        return data_type.f32;
      }
    }
    return data_type.bf16;
  }

  /** Argument {@code role} is the i-th buffer given, which lies plainly, in the type it has. */
  Argument given(int role, memory.desc plain, int i) {
    return new Argument(role, Layout.typed(plain, type(i)), new Given(i));
  }

  /** Argument {@code role} is the i-th buffer given, read in this type. */
  Argument read(int role, memory.desc plain, data_type as, int i) {
    memory.desc wanted = Layout.typed(plain, as);
    return new Argument(role, wanted, reordered(i, plain, wanted));
  }

  /** Argument {@code role} is the i-th buffer given, written in this type. */
  Argument written(int role, memory.desc plain, data_type as, int i) {
    memory.desc wanted = Layout.typed(plain, as);
    return new Argument(role, wanted, target(i, plain, wanted));
  }

  /** Room for values of this layout in the work space. */
  Work work(memory.desc layout) {
    Work place = new Work(workBytes);
    workBytes = Layout.roundedUp(workBytes + layout.get_size(), ALIGNMENT);
    return place;
  }

  /** These values, for every run. */
  Place constant(float[] values) {
    NativeBlock block = new NativeBlock((long) values.length * Float.BYTES);
    constants.add(block);
    new FloatPointer(block.start()).put(values);
    return new Constant(block);
  }

  /** Adds a primitive that this descriptor describes. */
  Plan step(primitive_desc_base descriptor, Argument... arguments) {
    memory.desc scratchpad = descriptor.scratchpad_desc();
    scratchpadBytes = Math.max(scratchpadBytes, scratchpad.get_size());
    steps.add(new Step(context, descriptor, scratchpad, arguments));
    return this;
  }

  /**
   * The i-th buffer given, which lies as {@code plain}, in the layout and type that a primitive
   * wants: as it is, its rounded copy, or a reorder into the work space.
   */
  Place reordered(int i, memory.desc plain, memory.desc wanted) {
    memory.desc own = Layout.typed(plain, type(i));
    if (own.equals(wanted)) {
      return new Given(i);
    }
    Place from = new Given(i);
    if (holdings[i] == Holding.BOTH && wanted.get_data_type().intern() == data_type.bf16) {
      own = Layout.typed(plain, data_type.bf16);
      from = new Rounded(i);
      if (own.equals(wanted)) {
        return from;
      }
    }
    Place to = work(wanted);
    reorder(own, from, wanted, to);
    return to;
  }

  /**
   * Where a primitive may write what is to end in the i-th buffer given, which lies as {@code
   * plain}: there, or in the work space, from where it is reordered after the last step.
   */
  Place target(int i, memory.desc plain, memory.desc wanted) {
    memory.desc own = Layout.typed(plain, type(i));
    if (own.equals(wanted)) {
      return new Given(i);
    }
    Place from = work(wanted);
    afterwards.add(() -> reorder(wanted, from, own, new Given(i)));
    return from;
  }

  /** To be called when all steps are there. */
  void complete() {
    afterwards.forEach(Runnable::run);
    afterwards.clear();
  }

  /** Adds a copy from one layout to another. */
  void reorder(memory.desc from, Place source, memory.desc to, Place target) {
    step(
        new reorder.primitive_desc(
            context.cpu(), from, context.cpu(), to, context.attributes(), false),
        argument(dnnl.DNNL_ARG_FROM, from, source),
        argument(dnnl.DNNL_ARG_TO, to, target));
  }

  /** Computes. */
  void run(NativeBuffer... buffers) {
    context.begin(workBytes + scratchpadBytes);
    try {
      for (Step step : steps) {
        step.execute(buffers, workBytes);
      }
    } finally {
      Reference.reachabilityFence(buffers);
    }
  }

  @Override
  public void close() {
    steps.forEach(Step::close);
    constants.forEach(NativeBlock::close);
  }
}
