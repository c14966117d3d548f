package dev.tributary.spark.slices;

import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.tensor.Wire;
import dev.tributary.train.PartDescent;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A piece that this executor owns: the sum of its gradient, and all that a step changes of it; also
 * as it was before a step whose state is asked for.
 */
final class OwnedPiece {
  private static final long NONE = -1;

  private final PieceSum sum;
  private final PartDescent part;

  /** The number of the step that the part stands before; of none if a step has gone wrong. */
  private long step;

  /** The number of the step that {@link #kept} stands before. */
  private long keptStep = NONE;

  /** Copies, in the places by which {@link Request} asks for them; of none at first. */
  private float[][] kept = {};

  /**
   * Before its first step.
   *
   * @param step that one's number
   */
  OwnedPiece(PieceSum sum, PartDescent part, long step) {
    this.sum = sum;
    this.part = part;
    this.step = step;
  }

  PieceSum sum() {
    return sum;
  }

  /** The values; nobody moves them while the gradient of their next step is not complete. */
  float[] values() {
    return part.values();
  }

  /** Moves by the sum, which is complete. */
  synchronized PartDescent.Outcome move() {
    Scalars scalars = sum.scalars();
    if (scalars.keeps()) {
      keep();
    }
    if (scalars.weight() > 0) {
      PartDescent.Outcome outcome =
          part.step(sum.sum(), scalars.weight(), scalars.samples(), scalars.rate(), step);
      if (outcome != PartDescent.Outcome.MOVED) {
        step = NONE;
        return outcome;
      }
    }
    sum.next();
    step++;
    return PartDescent.Outcome.MOVED;
  }

  private void keep() {
    if (kept.length == 0) {
      kept = new float[Request.SLOTS + part.slots()][];
    }
    for (int array = Request.VALUES; array < kept.length; array++) {
      float[] now = array(array);
      if (now != null && kept[array] == null) {
        kept[array] = now.clone();
      } else if (now != null) {
        System.arraycopy(now, 0, kept[array], 0, now.length);
      }
    }
    keptStep = step;
  }

  private float @Nullable [] array(int array) {
    return switch (array) {
      case Request.VALUES -> part.values();
      case Request.AVERAGE -> part.averaged();
      default -> part.slot(array - Request.SLOTS);
    };
  }

  /**
   * An array of the state before a step, as a message; null if it is not here.
   *
   * @param array as {@link Request} has it
   */
  synchronized @Nullable ByteBuffer state(Message message, int array) {
    float[] found = null;
    if (message.step() == keptStep) {
      found = kept[array];
    } else if (message.step() == step) {
      found = array(array);
    } else {
      return null;
    }
    return message.encode(
        Wire.F32, Objects.requireNonNull(found, "no such array"), 0, found.length);
  }
}
