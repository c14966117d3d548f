package dev.tributary.engine.onednn;

import dev.tributary.engine.Buffer;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** A slice of a native block. */
final class NativeBuffer implements Buffer {
  /** Values that {@link #addTo} takes at a time, to stay in the fastest cache. */
  private static final int CHUNK = 4096;

  private final NativeBlock block;
  private final int offset;
  private final int size;
  private final FloatPointer start;
  private @Nullable FloatPointer cursor;
  private float[] chunk = new float[0];

  NativeBuffer(NativeBlock block, int offset, int size) {
    this.block = block;
    this.offset = offset;
    this.size = size;
    this.start = new FloatPointer(block.start()).getPointer(offset);
  }

  /** A buffer that has its own block. */
  static NativeBuffer allocate(int size) {
    return new NativeBuffer(new NativeBlock((long) size * Float.BYTES), 0, size);
  }

  NativeBlock block() {
    return block;
  }

  /** The address of the first value. */
  FloatPointer start() {
    block.check();
    return start;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Buffer slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, size);
    return new NativeBuffer(block, offset + from, count);
  }

  @Override
  public void put(float[] source, int from, int count) {
    Objects.checkFromIndexSize(0, count, size);
    Objects.checkFromIndexSize(from, count, source.length);
    start().put(source, from, count);
  }

  @Override
  public void get(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    Objects.checkFromIndexSize(to, count, target.length);
    start().get(target, to, count);
  }

  /** Goes by way of the heap, as the compiler vectorises loops over arrays alone. */
  @Override
  public void addTo(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    Objects.checkFromIndexSize(to, count, target.length);
    FloatPointer at = cursor();
    for (int done = 0; done < count; done += CHUNK) {
      int now = Math.min(CHUNK, count - done);
      at.position(done).get(chunk, 0, now);
      add(chunk, target, to + done, now);
    }
  }

  private FloatPointer cursor() {
    block.check();
    if (cursor == null) {
      cursor = new FloatPointer(start);
      chunk = new float[CHUNK];
    }
    return cursor;
  }

  private static void add(float[] chunk, float[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] += chunk[i];
    }
  }
}
