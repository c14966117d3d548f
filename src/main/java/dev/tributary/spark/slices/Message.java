package dev.tributary.spark.slices;

import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What executors send each other: a header and values, little endian, as float32 or packed as
 * bfloat16.
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
    POISON(3),
    /** An array of a piece's state, exact: what {@link Request#array} asks for. */
    STATE(4);

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
   * @param keeps whether the state before the step is kept
   */
  record Scalars(double rate, double weight, long samples, boolean keeps) {
    static final Scalars NONE = new Scalars(0, 0, 0, false);

    /** The node above two. */
    Scalars plus(Scalars other) {
      return new Scalars(rate, weight + other.weight, samples + other.samples, keeps);
    }
  }

  /** Of a message whose values are given when it is encoded. */
  static final Values NO_VALUES = new Values.InArray(Wire.F32, new float[0], 0, 0);

  private static final int HEADER = 7 * Integer.BYTES + 4 * Long.BYTES;

  /** One without values. */
  static Message of(Kind kind, SlicePlan plan, long step, int piece) {
    return new Message(kind, plan.generation(), step, piece, 0, 0, Scalars.NONE, NO_VALUES);
  }

  /**
   * As bytes, in an array of exactly their number, which Spark then does not copy once more.
   *
   * @param wire what the values are rounded to
   */
  ByteBuffer encode(Wire wire, float[] array, int from, int count) {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + count * wire.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(wire.bytes())
        .putInt(kind.code)
        .putInt(generation)
        .putInt(piece)
        .putInt(left)
        .putInt(size)
        .putInt(scalars.keeps ? 1 : 0);
    out.putLong(step).putDouble(scalars.rate).putDouble(scalars.weight).putLong(scalars.samples);
    switch (wire) {
      case F32 -> out.asFloatBuffer().put(array, from, count);
      case BF16 -> BFloat16.pack(array, from, count, out);
    }
    return out.rewind();
  }

  /**
   * From bytes.
   *
   * @throws IllegalArgumentException if they are not a message
   */
  static Message decode(ByteBuffer message) {
    ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int length = in.remaining();
    int bytes = length < HEADER ? 0 : in.getInt();
    if ((bytes != Wire.F32.bytes() && bytes != Wire.BF16.bytes())
        || (length - HEADER) % bytes != 0) {
      throw new IllegalArgumentException(length + " bytes are not a message of pieces");
    }
    Kind kind = Kind.of(in.getInt());
    int generation = in.getInt();
    int piece = in.getInt();
    int left = in.getInt();
    int size = in.getInt();
    boolean keeps = in.getInt() != 0;
    long step = in.getLong();
    Scalars scalars = new Scalars(in.getDouble(), in.getDouble(), in.getLong(), keeps);
    Values values =
        bytes == Wire.F32.bytes() ? new Values.InBuffer(in.slice()) : new Values.Packed(in.slice());
    return new Message(kind, generation, step, piece, left, size, scalars, values);
  }
}
