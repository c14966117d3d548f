package dev.tributary.data.packed;

import dev.tributary.data.Schema;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes one packed shard, {@link PackedFooter}'s format, from its first byte to its last. */
final class PackedWriter implements Closeable {
  /** The most bytes of samples if they are sparse: ends are 4 bytes, in units of 4. */
  private static final long MOST_SPARSE = 1L << 34;

  private final OutputStream out;
  private final Schema schema;
  private final int labelBytes;
  private final Path endsFile;
  private final OutputStream ends;
  private final byte[] block = new byte[PackedFooter.BLOCK];
  private final byte[] number = new byte[Long.BYTES];
  private final ByteBuffer little = ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN);
  private int filled;
  private int[] checksums = new int[16];
  private int blocks;
  private int count;
  private long sampleBytes;
  private int mostSample;
  private int mostLabel = -1;

  /**
   * Of a file.
   *
   * @param file to be written, over what may be there
   * @param labelBytes of each label: {@link PackedFooter#labelBytes}
   */
  PackedWriter(Path file, Schema schema, int labelBytes) throws IOException {
    this.schema = schema;
    this.labelBytes = labelBytes;
    this.endsFile = Path.of(file + ".ends");
    this.ends =
        schema.sparse()
            ? new BufferedOutputStream(Files.newOutputStream(endsFile))
            : OutputStream.nullOutputStream();
    this.out = Files.newOutputStream(file);
    put(PackedFooter.head(), 0, PackedFooter.HEAD);
  }

  /**
   * Adds the next sample: features, targets and weight as in {@link dev.tributary.data.Samples}.
   */
  void add(byte[] content, int from, int length, int label) throws IOException {
    if (labelBytes == 1 && label > 254) {
      throw new IllegalStateException("label " + label + " in a byte");
    }
    put(content, from, length);
    little.putInt(0, label + 1);
    put(number, 0, labelBytes);
    int bytes = length + labelBytes;
    sampleBytes += bytes;
    mostSample = Math.max(mostSample, bytes);
    mostLabel = Math.max(mostLabel, label);
    count = Math.addExact(count, 1);
    if (schema.sparse()) {
      if (sampleBytes >= MOST_SPARSE) {
        throw new IllegalStateException(
            "a shard holds over 16 GiB of sparse samples; use more shards");
      }
      little.putInt(0, (int) (sampleBytes / Integer.BYTES));
      ends.write(number, 0, Integer.BYTES);
    }
  }

  private void put(byte[] bytes, int from, int length) throws IOException {
    int at = from;
    int left = length;
    while (left > 0) {
      int now = Math.min(left, block.length - filled);
      System.arraycopy(bytes, at, block, filled, now);
      filled += now;
      at += now;
      left -= now;
      if (filled == block.length) {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    if (filled == 0) {
      return;
    }
    if (blocks == checksums.length) {
      checksums = Arrays.copyOf(checksums, 2 * blocks);
    }
    checksums[blocks++] = PackedFooter.crc(block, filled);
    out.write(block, 0, filled);
    filled = 0;
  }

  /** Writes what comes behind the samples; the file is whole when this is closed. */
  PackedFooter finish(int shard, int shards, long seed, long fingerprint) throws IOException {
    ends.close();
    if (schema.sparse()) {
      try (InputStream in = Files.newInputStream(endsFile)) {
        byte[] some = new byte[1 << 16];
        for (int n = in.read(some); n >= 0; n = in.read(some)) {
          put(some, 0, n);
        }
      }
    }
    flush();
    ByteBuffer table = ByteBuffer.allocate(blocks * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    table.asIntBuffer().put(checksums, 0, blocks);
    out.write(table.array());
    PackedFooter footer =
        new PackedFooter(
            schema,
            labelBytes,
            shard,
            shards,
            seed,
            count,
            sampleBytes,
            mostSample,
            mostLabel,
            fingerprint,
            PackedFooter.crc(table.array(), table.capacity()));
    out.write(footer.toBytes());
    return footer;
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
      ends.close();
    } finally {
      Files.deleteIfExists(endsFile);
    }
  }
}
