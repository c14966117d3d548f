package dev.tributary.engine.onednn;

import dev.tributary.engine.Activation;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Storage;
import dev.tributary.engine.onednn.NativeBuffer.Holding;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of one engine share: oneDNN's own engine and stream, the plans made so far,
 * and the work space. All of it is freed by {@link #close}.
 */
final class Context implements AutoCloseable {
  /** Plans kept; sizes that come once, such as a last small batch, make room for others. */
  private static final int PLANS = 1024;

  /**
   * In tests the work space holds NaN before each operation, so that a kernel that reads what it
   * has not written is found: new memory holds zeros, and hides it.
   */
  private static final boolean POISONED = Boolean.getBoolean("tributary.onednn.poisoned");

  /** What a plan is for: the operation, and how its buffers hold their values, in one number. */
  private record Signature(Object key, long holdings) {}

  private final OpenMp openMp;
  private final Precision precision;
  private final engine cpu = new engine(engine.kind.cpu, 0);
  private final stream queue = new stream(cpu);
  private final Map<Signature, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);
  private final Rounding rounding = new Rounding(this);
  private final List<Cleaner.Cleanable> blocks = new ArrayList<>();
  private @Nullable NativeBlock workSpace;
  private BytePointer workStart = new BytePointer();
  private long workBytes;
  private long thread = -1;
  private boolean closed;

  Context(OpenMp openMp, Precision precision) {
    this.openMp = openMp;
    this.precision = precision;
  }

  engine cpu() {
    return cpu;
  }

  stream stream() {
    return queue;
  }

  /** What products are made of. */
  Precision precision() {
    return precision;
  }

  /** How every primitive is made: scratchpad from the work space, sums always in one order. */
  primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    attributes.set_deterministic(true);
    return attributes;
  }

  /** The same with an activation behind it; null for none. */
  primitive_attr attributes(@Nullable Activation f) {
    primitive_attr attributes = attributes();
    if (f != null) {
      post_ops after = new post_ops();
      Activations.append(f, after);
      attributes.set_post_ops(after);
    }
    return attributes;
  }

  /** A buffer of zeros that goes with this context. */
  NativeBuffer allocate(int size) {
    return allocate(size, Storage.EXACT);
  }

  /** The same, held as its use and the precision allow. */
  NativeBuffer allocate(int size, Storage storage) {
    open();
    Holding holding = precision == Precision.F32 ? Holding.F32 : holding(storage);
    NativeBuffer buffer = NativeBuffer.allocate(size, holding, rounding);
    blocks.add(buffer.block().cleanable());
    if (holding == Holding.BOTH) {
      blocks.add(buffer.rounded().block().cleanable());
    }
    return buffer;
  }

  private static Holding holding(Storage storage) {
    return switch (storage) {
      case EXACT -> Holding.F32;
      case FACTOR -> Holding.BOTH;
      case ROUNDED -> Holding.BF16;
    };
  }

  /**
   * Runs an operation by its plan, which is made when it is first asked for with buffers that hold
   * their values so.
   *
   * @param key the operation and all else that its primitives depend on
   */
  void run(Object key, Consumer<Plan> steps, NativeBuffer... buffers) {
    open();
    long holdings = 1;
    for (NativeBuffer buffer : buffers) {
      holdings = holdings << 2 | buffer.holding().code;
    }
    Signature signature = new Signature(key, holdings);
    Plan plan = plans.get(signature);
    if (plan == null) {
      plan = make(key, steps, buffers);
      plans.put(signature, plan);
      if (plans.size() > PLANS) {
        dropEldest();
      }
    }
    plan.run(buffers);
  }

  private void dropEldest() {
    Iterator<Plan> leastUsed = plans.values().iterator();
    leastUsed.next().close();
    leastUsed.remove();
  }

  private Plan make(Object key, Consumer<Plan> steps, NativeBuffer[] buffers) {
    Plan plan =
        new Plan(this, Arrays.stream(buffers).map(NativeBuffer::holding).toArray(Holding[]::new));
    PointerScope descriptors = new PointerScope();
    try {
      steps.accept(plan);
      plan.complete();
      return plan;
    } catch (RuntimeException e) {
      plan.close();
      throw new IllegalArgumentException("oneDNN refuses " + key + ": " + e.getMessage(), e);
    } finally {
      descriptors.close();
    }
  }

  /** Makes ready for a run on the calling thread that needs this much work space. */
  void begin(long bytes) {
    open();
    long now = Thread.currentThread().getId();
    if (now != thread) {
      openMp.oneThread();
      thread = now;
    }
    if (bytes > workBytes || workSpace == null) {
      if (workSpace != null) {
        workSpace.close();
      }
      workSpace = new NativeBlock(bytes);
      workStart = new BytePointer(workSpace.start());
      workBytes = bytes;
    }
    if (POISONED) {
      Pointer.memset(workStart.position(0), 0xff, bytes);
    }
  }

  /** The work space from this offset; valid until the next call. */
  Pointer work(long offset) {
    return workStart.position(offset);
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("this engine is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    plans.values().forEach(Plan::close);
    plans.clear();
    blocks.forEach(Cleaner.Cleanable::clean);
    if (workSpace != null) {
      workSpace.close();
    }
    queue.close();
    cpu.close();
  }
}
