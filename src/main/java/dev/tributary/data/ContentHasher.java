package dev.tributary.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Hashes samples of a schema; not for sharing between threads, as it keeps room to write in.
 *
 * <p>What is hashed is the same whether float features are kept dense or sparse: those that are not
 * 0, each with its index, then targets and weight. So a table has the same shards whether it comes
 * as columns of numbers or as sparse vectors. Of pixels all bytes are hashed as they are.
 */
public final class ContentHasher {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Schema schema;
  private byte[] scratch = new byte[0];

  /** Of samples of this schema. */
  public ContentHasher(Schema schema) {
    this.schema = schema;
  }

  /** Of the sample of {@code length} bytes from {@code from}, with its label. */
  public ContentHash hash(byte[] content, int from, int length, int label, long seed) {
    if (schema.kind() != FeatureKind.FLOATS) {
      return ContentHash.of(content, from, length, label, seed);
    }
    int features = schema.shape().size();
    int most = features * Schema.PAIR + schema.tailBytes();
    if (scratch.length < most) {
      scratch = new byte[most];
    }
    int at = 0;
    for (int j = 0; j < features; j++) {
      int bits = (int) INT.get(content, from + j * Float.BYTES);
      if (bits != 0) {
        INT.set(scratch, at, j);
        INT.set(scratch, at + Integer.BYTES, bits);
        at += Schema.PAIR;
      }
    }
    System.arraycopy(content, from + features * Float.BYTES, scratch, at, schema.tailBytes());
    return ContentHash.of(scratch, 0, at + schema.tailBytes(), label, seed);
  }

  /** Orders two samples of equal hash, each {@code (content, from, to)}: by bytes, then label. */
  public static int compare(
      byte[] a, int fromA, int toA, int labelA, byte[] b, int fromB, int toB, int labelB) {
    int order = Arrays.compareUnsigned(a, fromA, toA, b, fromB, toB);
    return order != 0 ? order : Integer.compare(labelA, labelB);
  }
}
