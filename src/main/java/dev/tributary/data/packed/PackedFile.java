package dev.tributary.data.packed;

import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A packed shard, checked as it is read: a file that was cut short or changed is named and refused.
 */
public final class PackedFile implements Closeable {
  /** Of a mapped file: 1 GiB; of one in memory, where a smaller array is found more easily. */
  private static final int MAPPED_SHIFT = 30;

  private static final int LOADED_SHIFT = 26;

  private final Bytes file;
  private final PackedFooter footer;
  private final byte[] table;
  private final ByteBuffer checksums;
  private final byte[] block;
  private int blockRead = -1;

  private PackedFile(Bytes file, PackedFooter footer, byte[] table) {
    this.file = file;
    this.footer = footer;
    this.table = table;
    this.checksums = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    this.block = new byte[(int) Math.min(PackedFooter.BLOCK, footer.coveredBytes())];
  }

  /**
   * Reads a file's footer and checksums.
   *
   * @param file closed with this
   * @throws DataException if it is no whole packed shard
   */
  public static PackedFile open(Bytes file) throws IOException {
    PackedFooter footer = PackedFooter.read(file);
    byte[] table = new byte[footer.blocks() * Integer.BYTES];
    read(file, footer.coveredBytes(), table, 0, table.length);
    if (PackedFooter.crc(table, table.length) != footer.checksums()) {
      throw PackedFooter.bad(file, "its checksums are damaged");
    }
    PackedFile packed = new PackedFile(file, footer, table);
    packed.block(0);
    return packed;
  }

  private static void read(Bytes file, long at, byte[] to, int off, int n) throws IOException {
    try {
      file.read(at, to, off, n);
    } catch (EOFException e) {
      throw PackedFooter.bad(file, "it ends before its length");
    }
  }

  /** What it holds. */
  public PackedFooter footer() {
    return footer;
  }

  private int blockLength(int number) {
    return (int)
        Math.min(PackedFooter.BLOCK, footer.coveredBytes() - (long) number * PackedFooter.BLOCK);
  }

  /** Reads a block into {@link #block} and checks it. */
  private void block(int number) throws IOException {
    if (number == blockRead) {
      return;
    }
    blockRead = -1;
    long at = (long) number * PackedFooter.BLOCK;
    int length = blockLength(number);
    read(file, at, block, 0, length);
    if (PackedFooter.crc(block, length) != checksums.getInt(number * Integer.BYTES)) {
      throw PackedFooter.bad(
          file,
          String.format(
              "bytes %,d to %,d do not match their checksum; it was damaged", at, at + length - 1));
    }
    blockRead = number;
  }

  /** Copies the whole file, checked block by block. */
  public void copyTo(OutputStream out) throws IOException {
    for (int b = 0; b < footer.blocks(); b++) {
      block(b);
      out.write(block, 0, blockLength(b));
    }
    out.write(table);
    out.write(footer.toBytes());
  }

  /** Checks every block. */
  public void verify() throws IOException {
    copyTo(OutputStream.nullOutputStream());
  }

  /** The shard with its samples in memory, each block checked. */
  public Shard load() throws IOException {
    int overlap = PackedSamples.overlap(footer);
    long length = footer.coveredBytes();
    ByteBuffer[] segments = new ByteBuffer[(int) (((length - 1) >>> LOADED_SHIFT) + 1)];
    for (int s = 0; s < segments.length; s++) {
      long from = (long) s << LOADED_SHIFT;
      byte[] bytes = new byte[(int) Math.min((1L << LOADED_SHIFT) + overlap, length - from)];
      copy(from, bytes, bytes.length);
      segments[s] = ByteBuffer.wrap(bytes);
    }
    return shard(new PackedSamples(file.name(), footer, LOADED_SHIFT, segments));
  }

  /** Copies checked bytes from a place in the file. */
  private void copy(long from, byte[] to, int length) throws IOException {
    int at = 0;
    while (at < length) {
      long position = from + at;
      block((int) (position / PackedFooter.BLOCK));
      int inBlock = (int) (position % PackedFooter.BLOCK);
      int now = Math.min(length - at, blockLength(blockRead) - inBlock);
      System.arraycopy(block, inBlock, to, at, now);
      at += now;
    }
  }

  private Shard shard(PackedSamples samples) {
    return Shard.ordered(
        footer.shard(), footer.shards(), footer.seed(), footer.fingerprint(), samples);
  }

  /**
   * The shard with its samples in a file of this machine, by memory mapping.
   *
   * @param path a file that {@link #copyTo} wrote or {@link #verify} has checked
   */
  public static Shard map(Path path) throws IOException {
    try (PackedFile packed = open(Bytes.of(path));
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      PackedFooter footer = packed.footer;
      int overlap = PackedSamples.overlap(footer);
      long length = footer.coveredBytes();
      ByteBuffer[] segments = new ByteBuffer[(int) (((length - 1) >>> MAPPED_SHIFT) + 1)];
      for (int s = 0; s < segments.length; s++) {
        long from = (long) s << MAPPED_SHIFT;
        long size = Math.min((1L << MAPPED_SHIFT) + overlap, length - from);
        segments[s] = channel.map(FileChannel.MapMode.READ_ONLY, from, size);
      }
      return packed.shard(new PackedSamples(path.toString(), footer, MAPPED_SHIFT, segments));
    }
  }

  /**
   * Samples {@code from … to − 1}, in the order of the file, to be read block by block.
   *
   * @param most samples in what {@link Reader#next} gives
   */
  public Reader reader(int from, int to, int most) throws IOException {
    return new Reader(from, to, most);
  }

  /** Reads a part of the file from front to back. */
  public final class Reader {
    private final int to;
    private final int most;
    private int next;
    private long position;
    private byte[] sample = new byte[footer.mostSample()];

    private Reader(int from, int to, int most) throws IOException {
      this.next = from;
      this.to = to;
      this.most = most;
      this.position =
          PackedFooter.HEAD
              + (footer.schema().sparse()
                  ? (from == 0 ? 0 : end(from - 1))
                  : (long) from * footer.stride());
    }

    private long end(int i) throws IOException {
      byte[] four = new byte[Integer.BYTES];
      copy(footer.endsFrom() + (long) i * Integer.BYTES, four, Integer.BYTES);
      int units = ByteBuffer.wrap(four).order(ByteOrder.LITTLE_ENDIAN).getInt();
      return (units & 0xffff_ffffL) * Integer.BYTES;
    }

    /** Whether there are more. */
    public boolean hasNext() {
      return next < to;
    }

    /** The next samples. */
    public Samples next() throws IOException {
      int n = Math.min(most, to - next);
      long[] ends = footer.schema().sparse() ? ends(n) : new long[0];
      Samples samples = new Samples(footer.schema(), n);
      for (int i = 0; i < n; i++) {
        long length = ends.length == 0 ? footer.stride() : ends[i] - position;
        int least = footer.schema().tailBytes() + footer.labelBytes();
        if (length < least
            || length > footer.mostSample()
            || position + length > footer.endsFrom()) {
          throw PackedFooter.bad(file, "sample " + (next + i) + " has " + length + " bytes");
        }
        if (sample.length < length) {
          sample = new byte[(int) length];
        }
        copy(position, sample, (int) length);
        position += length;
        int content = (int) length - footer.labelBytes();
        if (footer.schema().sparse()) {
          checkPairs(content - footer.schema().tailBytes(), next + i);
        }
        samples.add(sample, 0, content, label(content, next + i));
      }
      next += n;
      return samples;
    }

    /** Where the next samples end in the file. */
    private long[] ends(int n) throws IOException {
      byte[] bytes = new byte[n * Integer.BYTES];
      copy(footer.endsFrom() + (long) next * Integer.BYTES, bytes, bytes.length);
      ByteBuffer units = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long[] ends = new long[n];
      for (int i = 0; i < n; i++) {
        ends[i] = PackedFooter.HEAD + (units.getInt() & 0xffff_ffffL) * Integer.BYTES;
      }
      return ends;
    }

    private void checkPairs(int bytes, int i) {
      ByteBuffer pairs = ByteBuffer.wrap(sample, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
      int before = -1;
      while (pairs.hasRemaining()) {
        int index = pairs.remaining() < Long.BYTES ? -1 : pairs.getInt();
        if (index <= before || index >= footer.schema().shape().size()) {
          throw PackedFooter.bad(file, "sample " + i + " has no feature " + index);
        }
        before = index;
        pairs.getInt();
      }
    }

    private int label(int at, int i) {
      int label = 0;
      for (int b = 0; b < footer.labelBytes(); b++) {
        label |= (sample[at + b] & 0xFF) << (8 * b);
      }
      if (label < 0 || label - 1 > footer.mostLabel()) {
        throw PackedFooter.bad(file, "the label of sample " + i + " cannot be " + (label - 1));
      }
      return label - 1;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
