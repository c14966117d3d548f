package dev.tributary.data.packed;

import dev.tributary.data.DataException;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What a packed shard's last bytes say: all that is needed to read the rest.
 *
 * <p>The file, little-endian, S bytes of samples in the order of their hashes:
 *
 * <pre>
 *   0        64 bytes   "TRIBPACK", version (4 bytes), zeros
 *   64       S bytes    samples: features, targets, weight, and label + 1 in {@code labelBytes}
 *   64 + S   4 bytes each, if sparse: where each sample ends, from the first one, in units of 4 bytes
 *   …        4 bytes each: CRC-32C of each MiB of all before
 *   …        128 bytes  this footer, which ends in its own CRC-32C
 * </pre>
 *
 * @param schema what a sample holds
 * @param labelBytes bytes of a label: 0 (there are none), 1 or 4
 * @param shard the shard's number
 * @param shards how many there are
 * @param seed that divided and ordered them
 * @param count samples
 * @param sampleBytes of all samples
 * @param mostSample bytes of the largest
 * @param mostLabel the highest label; −1 if there are none
 * @param fingerprint the shard's
 * @param checksums the CRC-32C of the others
 */
public record PackedFooter(
    Schema schema,
    int labelBytes,
    int shard,
    int shards,
    long seed,
    int count,
    long sampleBytes,
    int mostSample,
    int mostLabel,
    long fingerprint,
    int checksums) {
  static final int HEAD = 64;
  static final int BYTES = 128;
  static final int VERSION = 1;

  /** Bytes that have a checksum of their own. */
  static final int BLOCK = 1 << 20;

  /** The longest sample: what one segment of a mapped file can surely hold. */
  static final int LONGEST = 1 << 29;

  private static final byte[] MAGIC = {'T', 'R', 'I', 'B', 'P', 'A', 'C', 'K'};

  /** The first bytes of a file. */
  static byte[] head() {
    ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
    return head.put(MAGIC).putInt(VERSION).array();
  }

  /** Bytes of a label, where the highest is known. */
  public static int labelBytes(Schema schema, int mostLabel) {
    if (schema.targets() > 0) {
      return 0;
    }
    // Beside floats a byte would save little and break their alignment.
    return schema.pixels() && mostLabel < 255 ? 1 : Integer.BYTES;
  }

  /** Bytes of a sample of fixed length; of a sparse one, the least. */
  int stride() {
    return schema.bytes() + labelBytes;
  }

  long endsFrom() {
    return HEAD + sampleBytes;
  }

  /** Bytes that are covered by blocks' checksums. */
  long coveredBytes() {
    return endsFrom() + (schema.sparse() ? (long) count * Integer.BYTES : 0);
  }

  int blocks() {
    return (int) ((coveredBytes() + BLOCK - 1) / BLOCK);
  }

  /** Bytes of the whole file. */
  public long fileBytes() {
    return coveredBytes() + (long) blocks() * Integer.BYTES + BYTES;
  }

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putInt(VERSION).putInt(schema.kind().code());
    int[] dimensions = schema.shape().dimensions();
    out.putInt(dimensions.length);
    for (int i = 0; i < 3; i++) {
      out.putInt(i < dimensions.length ? dimensions[i] : 0);
    }
    out.putInt(schema.targets()).putInt(schema.weighted() ? 1 : 0).putInt(labelBytes);
    out.putInt(shard).putInt(shards).putLong(seed).putInt(count).putLong(sampleBytes);
    out.putInt(mostSample).putInt(mostLabel).putLong(fingerprint).putInt(checksums);
    out.putInt(BYTES - Integer.BYTES, crc(out.array(), BYTES - Integer.BYTES));
    return out.array();
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /**
   * Reads and checks a file's footer.
   *
   * @throws DataException if this is no whole packed shard
   */
  static PackedFooter read(Bytes file) throws IOException {
    if (file.length() < HEAD + BYTES) {
      throw bad(file, "it has " + file.length() + " bytes, fewer than an empty one");
    }
    byte[] head = new byte[HEAD];
    byte[] bytes = new byte[BYTES];
    try {
      file.read(0, head, 0, HEAD);
      file.read(file.length() - BYTES, bytes, 0, BYTES);
    } catch (EOFException e) {
      throw bad(file, "it is shorter than its filesystem says");
    }
    if (!Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw bad(file, "it does not begin as one does");
    }
    int version = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(MAGIC.length);
    if (version != VERSION) {
      throw bad(file, "it is of version " + version + ", and this Tributary reads " + VERSION);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || in.getInt(BYTES - Integer.BYTES) != crc(bytes, BYTES - Integer.BYTES)) {
      throw bad(file, "its last bytes are not those of a whole one; it was cut short or damaged");
    }
    PackedFooter footer = parse(in.position(MAGIC.length + Integer.BYTES), file);
    if (footer.fileBytes() != file.length()) {
      throw bad(
          file,
          String.format(
              "it has %,d bytes, and should have %,d", file.length(), footer.fileBytes()));
    }
    return footer;
  }

  private static PackedFooter parse(ByteBuffer in, Bytes file) {
    int code = in.getInt();
    FeatureKind kind = FeatureKind.of(code).orElse(null);
    int rank = in.getInt();
    int[] d = {in.getInt(), in.getInt(), in.getInt()};
    int targets = in.getInt();
    int weighted = in.getInt();
    if (kind == null) {
      throw bad(file, "its kind of features cannot be " + code);
    }
    check(rank == 1 || rank == 3, "number of dimensions", rank, file);
    long size = 1;
    for (int i = 0; i < rank; i++) {
      check(d[i] > 0, "dimension", d[i], file);
      size = Math.min(size, Integer.MAX_VALUE) * d[i];
    }
    check(targets >= 0 && targets < LONGEST / 8, "number of targets", targets, file);
    check(weighted == 0 || weighted == 1, "mark of weights", weighted, file);
    long least = Float.BYTES * (size + targets + 1L);
    check(least < (kind == FeatureKind.SPARSE ? 1L << 33 : LONGEST), "size", size, file);
    Schema schema = new Schema(Shape.of(Arrays.copyOf(d, rank)), kind, targets, weighted == 1);
    PackedFooter footer =
        new PackedFooter(
            schema,
            in.getInt(),
            in.getInt(),
            in.getInt(),
            in.getLong(),
            in.getInt(),
            in.getLong(),
            in.getInt(),
            in.getInt(),
            in.getLong(),
            in.getInt());
    footer.check(file);
    return footer;
  }

  private void check(Bytes file) {
    check(labelBytes == 0 || labelBytes == 1 || labelBytes == 4, "labels' bytes", labelBytes, file);
    check((labelBytes == 0) == (schema.targets() > 0), "labels' bytes", labelBytes, file);
    check(
        shards > 0 && shards <= Shard.MAX_SHARDS && Integer.bitCount(shards) == 1,
        "number of shards",
        shards,
        file);
    check(shard >= 0 && shard < shards, "shard", shard, file);
    check(count >= 0, "number of samples", count, file);
    check(mostLabel >= -1, "highest label", mostLabel, file);
    long least = (long) count * stride();
    check(
        schema.sparse()
            ? sampleBytes >= least && sampleBytes <= file.length() && sampleBytes % 4 == 0
            : sampleBytes == least,
        "bytes of samples",
        sampleBytes,
        file);
    check(
        mostSample >= 0
            && mostSample <= Math.min(LONGEST, sampleBytes)
            && (schema.sparse() || count == 0 || mostSample == stride()),
        "bytes of the largest sample",
        mostSample,
        file);
  }

  private static void check(boolean isRight, String what, long found, Bytes file) {
    if (!isRight) {
      throw bad(file, "its " + what + " cannot be " + found);
    }
  }

  static DataException bad(Bytes file, String why) {
    return bad(file.name(), why);
  }

  static DataException bad(String name, String why) {
    return new DataException(
        name
            + " is no packed shard that can be read: "
            + why
            + "; fetch it again, or pack the data anew");
  }
}
