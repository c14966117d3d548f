package dev.tributary.data.packed;

import dev.tributary.data.ContentHash;
import dev.tributary.data.ContentHasher;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sorted samples in a file of this machine, read from front to back: one way of a merge. */
final class SortedRun implements Closeable, Comparable<SortedRun> {
  private static final int WRITE_BUFFER = 1 << 18;

  private final DataInputStream in;
  private long left;
  private ContentHash hash = new ContentHash(0, 0);
  private byte[] content = new byte[256];
  private int length;
  private int label;

  private SortedRun(DataInputStream in, long left) {
    this.in = in;
    this.left = left;
  }

  /** Writes a run's file. */
  static final class Writer implements SortedSamples, Closeable {
    private final DataOutputStream out;
    private long count;

    private Writer(DataOutputStream out) {
      this.out = out;
    }

    @Override
    public void accept(ContentHash hash, byte[] content, int from, int length, int label)
        throws IOException {
      out.writeLong(hash.high());
      out.writeLong(hash.low());
      out.writeInt(label);
      out.writeInt(length);
      out.write(content, from, length);
      count++;
    }

    /** Samples written. */
    long count() {
      return count;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  static Writer writer(Path file) throws IOException {
    return new Writer(
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), WRITE_BUFFER)));
  }

  /** At the first sample of a file of {@code count}. */
  static SortedRun open(Path file, long count, int bufferBytes) throws IOException {
    SortedRun run =
        new SortedRun(
            new DataInputStream(new BufferedInputStream(Files.newInputStream(file), bufferBytes)),
            count);
    run.advance();
    return run;
  }

  /** Goes to the next sample; false if there is none. */
  boolean advance() throws IOException {
    if (left == 0) {
      return false;
    }
    left--;
    hash = new ContentHash(in.readLong(), in.readLong());
    label = in.readInt();
    length = in.readInt();
    if (content.length < length) {
      content = new byte[length];
    }
    in.readFully(content, 0, length);
    return true;
  }

  void giveTo(SortedSamples sink) throws IOException {
    sink.accept(hash, content, 0, length, label);
  }

  @Override
  public int compareTo(SortedRun other) {
    int order = hash.compareTo(other.hash);
    return order != 0
        ? order
        : ContentHasher.compare(
            content, 0, length, label, other.content, 0, other.length, other.label);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
