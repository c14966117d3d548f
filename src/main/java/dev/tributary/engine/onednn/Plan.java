package dev.tributary.engine.onednn;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
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

  /** In the context's work space, this many bytes from its start. */
  record Work(long offset) implements Place {}

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
  private final List<Step> steps = new ArrayList<>();
  private final List<NativeBlock> constants = new ArrayList<>();
  private long workBytes;
  private long scratchpadBytes;

  Plan(Context context) {
    this.context = context;
  }

  static Argument argument(int role, memory.desc layout, Place place) {
    return new Argument(role, layout, place);
  }

  /** Argument {@code role} is the i-th buffer given. */
  static Argument given(int role, memory.desc layout, int i) {
    return new Argument(role, layout, new Given(i));
  }

  /** Room for values of this layout in the work space. */
  Place work(memory.desc layout) {
    Work place = new Work(workBytes);
    workBytes = roundedUp(workBytes + layout.get_size());
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
   * The i-th buffer given, which lies as {@code plain}, in the layout that a primitive wants: a
   * reorder into the work space, if they differ.
   */
  Place reordered(int i, memory.desc plain, memory.desc wanted) {
    if (plain.equals(wanted)) {
      return new Given(i);
    }
    Place to = work(wanted);
    reorder(plain, new Given(i), wanted, to);
    return to;
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

  private static long roundedUp(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  @Override
  public void close() {
    steps.forEach(Step::close);
    constants.forEach(NativeBlock::close);
  }
}
