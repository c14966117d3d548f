package dev.tributary.engine.onednn;

import java.lang.ref.Cleaner;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Native memory of zeros, from an address that vectors and cache lines like. It is freed by {@link
 * #close}, or when nothing refers to it any more: a worker that goes with its broadcast is never
 * closed.
 */
final class NativeBlock implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final Cleaner CLEANER = Cleaner.create();

  /** What must not refer to the block, for the cleaner to see that nothing does. */
  private static final class Memory implements Runnable {
    private final Pointer allocated;
    volatile boolean freed;

    Memory(Pointer allocated) {
      this.allocated = allocated;
    }

    @Override
    public void run() {
      freed = true;
      Pointer.free(allocated);
    }
  }

  private final Memory memory;
  private final Cleaner.Cleanable cleanable;
  private final Pointer start;

  NativeBlock(long bytes) {
    @Nullable Pointer allocated = Pointer.calloc(1, bytes + ALIGNMENT);
    if (allocated == null || allocated.isNull()) {
      throw new OutOfMemoryError(
          String.format(
              "%,d bytes of native memory for the onednn engine; give the machine or container more"
                  + " memory beside the Java heap, or take smaller batches",
              bytes));
    }
    memory = new Memory(allocated);
    cleanable = CLEANER.register(this, memory);
    long beyond = allocated.address() % ALIGNMENT;
    start = new BytePointer(allocated).getPointer(beyond == 0 ? 0 : ALIGNMENT - beyond);
  }

  /** Where the block begins. */
  Pointer start() {
    check();
    return start;
  }

  /** What frees the block; holding it does not keep the block. */
  Cleaner.Cleanable cleanable() {
    return cleanable;
  }

  /** Refuses to go on after {@link #close}: the memory may be someone else's by now. */
  void check() {
    if (memory.freed) {
      throw new IllegalStateException("this buffer's engine is closed");
    }
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
