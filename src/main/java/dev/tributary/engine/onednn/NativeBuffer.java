package dev.tributary.engine.onednn;

import dev.tributary.engine.Buffer;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A slice of a native block of float32 or bfloat16. */
final class NativeBuffer implements Buffer {
  /** How the values are held. */
  enum Holding {
    /** As float32. */
    F32(0, Float.BYTES),
    /** As bfloat16. */
    BF16(1, Short.BYTES),
    /** As float32, and once more as bfloat16. */
    BOTH(2, Float.BYTES);

    final int code;
    final int bytes;

    Holding(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }
  }

  /** Values that {@link #addTo} takes at a time, to stay in the fastest cache. */
  private static final int CHUNK = 4096;

  /** Values that {@link #put} rounds at a time, while they are in the second cache. */
  private static final int ROUNDED_AT_ONCE = 1 << 17;

  private final Holding holding;
  private final NativeBlock block;
  private final int offset;
  private final int size;
  private final Pointer start;
  private final Rounding rounding;
  private final @Nullable NativeBuffer rounded;
  private @Nullable FloatPointer cursor;
  private float[] chunk = new float[0];

  private NativeBuffer(
      Holding holding,
      NativeBlock block,
      int offset,
      int size,
      Rounding rounding,
      @Nullable NativeBuffer rounded) {
    this.holding = holding;
    this.block = block;
    this.offset = offset;
    this.size = size;
    this.rounding = rounding;
    this.rounded = rounded;
    this.start = new BytePointer(block.start()).getPointer((long) offset * holding.bytes);
  }

  /** A buffer of zeros that has its own block, or two. */
  static NativeBuffer allocate(int size, Holding holding, Rounding rounding) {
    return new NativeBuffer(
        holding,
        new NativeBlock((long) size * holding.bytes),
        0,
        size,
        rounding,
        holding == Holding.BOTH ? allocate(size, Holding.BF16, rounding) : null);
  }

  NativeBlock block() {
    return block;
  }

  Holding holding() {
    return holding;
  }

  /** The copy in bfloat16 that goes with a buffer of {@link Holding#BOTH}. */
  NativeBuffer rounded() {
    if (rounded == null) {
      throw new IllegalStateException("a buffer held as " + holding + " has no rounded copy");
    }
    return rounded;
  }

  /** The address of the first value. */
  Pointer start() {
    block.check();
    return start;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Buffer slice(int from, int count) {
    return part(from, count);
  }

  /** {@link #slice}, as what it is. */
  NativeBuffer part(int from, int count) {
    Objects.checkFromIndexSize(from, count, size);
    return new NativeBuffer(
        holding,
        block,
        offset + from,
        count,
        rounding,
        rounded == null ? null : rounded.part(from, count));
  }

  @Override
  public void put(float[] source, int from, int count) {
    Objects.checkFromIndexSize(0, count, size);
    Objects.checkFromIndexSize(from, count, source.length);
    if (holding == Holding.F32) {
      new FloatPointer(start()).put(source, from, count);
      return;
    }
    for (int done = 0; done < count; done += ROUNDED_AT_ONCE) {
      int now = Math.min(ROUNDED_AT_ONCE, count - done);
      NativeBuffer exact = holding == Holding.BF16 ? rounding.staging(now) : part(done, now);
      new FloatPointer(exact.start()).put(source, from + done, now);
      rounding.round(now, exact, holding == Holding.BF16 ? part(done, now) : exact.rounded());
    }
  }

  @Override
  public void get(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    Objects.checkFromIndexSize(to, count, target.length);
    new FloatPointer(exact(count).start()).get(target, to, count);
  }

  /** The first values as float32: here, or in a copy that is good until the next is asked for. */
  private NativeBuffer exact(int count) {
    if (holding != Holding.BF16) {
      return this;
    }
    NativeBuffer exact = rounding.staging(count);
    rounding.widen(count, this, exact);
    return exact;
  }

  /** Goes by way of the heap, as the compiler vectorises loops over arrays alone. */
  @Override
  public void addTo(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    Objects.checkFromIndexSize(to, count, target.length);
    FloatPointer at = exact(count).cursor();
    float[] values = chunk();
    for (int done = 0; done < count; done += CHUNK) {
      int now = Math.min(CHUNK, count - done);
      at.position(done).get(values, 0, now);
      add(values, target, to + done, now);
    }
  }

  private FloatPointer cursor() {
    block.check();
    if (cursor == null) {
      cursor = new FloatPointer(start);
    }
    return cursor;
  }

  private float[] chunk() {
    if (chunk.length == 0) {
      chunk = new float[CHUNK];
    }
    return chunk;
  }

  private static void add(float[] chunk, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] += chunk[i];
    }
  }
}
