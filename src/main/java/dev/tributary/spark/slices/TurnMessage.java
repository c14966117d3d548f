package dev.tributary.spark.slices;

import dev.tributary.data.Step;
import dev.tributary.spark.slices.SliceTask.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What tasks and driver say to each other in a turn, as bytes: Spark's RPC knows no classes of an
 * application's jar.
 */
final class TurnMessage {
  private static final long NOTHING_MADE = -1;

  private TurnMessage() {}

  /**
   * What a task says: what it has made, if anything, and that it asks for more.
   *
   * @param generation of the plan it belongs to
   * @param place its partition
   * @param step the number of the step that it has made its part of
   * @param result of that; null of a task that has made nothing yet
   */
  record Ask(int generation, int place, long step, @Nullable Result result) {
    /** Of a task that begins. */
    static Ask first(int generation, int place) {
      return new Ask(generation, place, NOTHING_MADE, null);
    }

    byte[] encode() {
      return bytes(
          out -> {
            out.writeInt(generation);
            out.writeInt(place);
            out.writeLong(step);
            if (result != null) {
              result.write(out);
            }
          });
    }

    static Ask decode(byte[] message) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
        int generation = in.readInt();
        int place = in.readInt();
        long step = in.readLong();
        return new Ask(generation, place, step, step == NOTHING_MADE ? null : Result.read(in));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** No more: the task ends. */
  static final byte[] END = {};

  /**
   * What a task is told: a step to make its part of.
   *
   * @param step the step
   * @param rate its learning rate
   * @param keeps whether the state before it is kept, to be asked for
   */
  record Go(Step step, double rate, boolean keeps) {
    byte[] encode() {
      return bytes(
          out -> {
            out.writeLong(step.number());
            out.writeInt(step.count());
            out.writeDouble(rate);
            out.writeBoolean(keeps);
          });
    }

    /** Null of {@link #END}. */
    static @Nullable Go decode(byte[] message) {
      if (message.length == 0) {
        return null;
      }
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
        return new Go(Step.of(in.readLong(), in.readInt()), in.readDouble(), in.readBoolean());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Writes a message. */
  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
