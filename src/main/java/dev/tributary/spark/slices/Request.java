package dev.tributary.spark.slices;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BroadcastBlockId;

/**
 * What an executor without a seat asks a piece's owner for; it is the name of a block.
 *
 * @param run of which descent
 * @param generation of which plan
 * @param step before which step
 * @param piece which piece
 */
record Request(long run, int generation, long step, int piece) {
  private static final Pattern FIELD = Pattern.compile("(\\d{1,9})_(\\d{1,18})_(\\d{1,9})");

  BlockId id() {
    return new BroadcastBlockId(run, generation + "_" + step + "_" + piece);
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
        Integer.parseInt(field.group(3)));
  }
}
