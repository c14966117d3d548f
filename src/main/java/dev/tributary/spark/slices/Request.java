package dev.tributary.spark.slices;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BroadcastBlockId;

/**
 * What a piece's owner is asked for, by an executor without a seat or by the driver; it is the name
 * of a block.
 *
 * @param run of which descent
 * @param generation of which plan
 * @param step before which step
 * @param piece which piece
 * @param array {@link #SENT}, {@link #VALUES}, {@link #AVERAGE}, or from {@link #SLOTS} on a slot
 */
record Request(long run, int generation, long step, int piece, int array) {
  /** The values as they are sent. */
  static final int SENT = 0;

  /** The exact values. */
  static final int VALUES = 1;

  /** Their average. */
  static final int AVERAGE = 2;

  /** The optimizer's first slot. */
  static final int SLOTS = 3;

  private static final Pattern FIELD =
      Pattern.compile("(\\d{1,9})_(\\d{1,18})_(\\d{1,9})_(\\d{1,9})");

  BlockId id() {
    return new BroadcastBlockId(run, generation + "_" + step + "_" + piece + "_" + array);
  }

  /**
   * The request of a name.
   *
   * @throws IllegalArgumentException if it is not one
   */
  static Request of(BlockId id) {
    Matcher field = FIELD.matcher(id instanceof BroadcastBlockId block ? block.field() : "");
    if (!field.matches()) {
      throw new IllegalArgumentException(id + " is not a piece's name");
    }
    return new Request(
        ((BroadcastBlockId) id).broadcastId(),
        Integer.parseInt(field.group(1)),
        Long.parseLong(field.group(2)),
        Integer.parseInt(field.group(3)),
        Integer.parseInt(field.group(4)));
  }
}
