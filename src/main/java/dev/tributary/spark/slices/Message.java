package dev.tributary.spark.slices;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What executors send each other: a header and values, little endian.
 *
 * @param kind of message
 * @param generation of the plan it belongs to
 * @param step the step's number
 * @param piece which piece the values are of
 * @param left the first partition of the node that a gradient is the sum of
 * @param size how many partitions that has
 * @param scalars what belongs to a gradient besides its values
 * @param values none where a node has no samples, or there is nothing to say
 */
record Message(
    Kind kind,
    int generation,
    long step,
    int piece,
    int left,
    int size,
    Scalars scalars,
    Values values) {
  /** What a message says. */
  enum Kind {
    /** Somebody is there. */
    HELLO(0),
    /** A node's part of the gradient, for the piece's owner. */
    GRADIENT(1),
    /** A piece after the step before the one that is named. */
    WEIGHTS(2),
    /** The piece could not be moved by the step that is named. */
    POISON(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("a message of unknown kind " + code);
    }
  }

  /**
   * A node's scalars.
   *
   * @param rate the step's learning rate
   * @param weight of the samples, summed
   * @param samples how many
   */
  record Scalars(double rate, double weight, long samples) {
    static final Scalars NONE = new Scalars(0, 0, 0);

    /** The node above two. */
    Scalars plus(Scalars other) {
      return new Scalars(rate, weight + other.weight, samples + other.samples);
    }
  }

  private static final Values NO_VALUES = new Values.InArray(new float[0], 0, 0);
  private static final int HEADER = 5 * Integer.BYTES + 4 * Long.BYTES;

  /** One without values. */
  static Message of(Kind kind, SlicePlan plan, long step, int piece) {
    return new Message(kind, plan.generation(), step, piece, 0, 0, Scalars.NONE, NO_VALUES);
  }

  /** As bytes, in an array of exactly their number, which Spark then does not copy once more. */
  ByteBuffer encode(float[] array, int from, int count) {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(kind.code).putInt(generation).putInt(piece).putInt(left).putInt(size);
    out.putLong(step).putDouble(scalars.rate).putDouble(scalars.weight).putLong(scalars.samples);
    out.asFloatBuffer().put(array, from, count);
    return out.rewind();
  }

  /**
   * From bytes.
   *
   * @throws IllegalArgumentException if they are not a message
   */
  static Message decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < HEADER || (in.remaining() - HEADER) % Float.BYTES != 0) {
      throw new IllegalArgumentException(in.remaining() + " bytes are not a message of pieces");
    }
    Kind kind = Kind.of(in.getInt());
    int generation = in.getInt();
    int piece = in.getInt();
    int left = in.getInt();
    int size = in.getInt();
    long step = in.getLong();
    Scalars scalars = new Scalars(in.getDouble(), in.getDouble(), in.getLong());
    return new Message(
        kind, generation, step, piece, left, size, scalars, new Values.InBuffer(in.slice()));
  }
}
