package dev.tributary.spark.table;

import dev.tributary.job.Redaction;
import java.util.Locale;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Where the row at hand stands: its file, and its number from the start of the file, or from that
 * part of a large file which begins at some byte; where rows come from no file, its number in the
 * partition.
 */
final class Position {
  private final String data;
  private UTF8String file = UTF8String.EMPTY_UTF8;
  private long start = -1;
  private long row = -1;

  /** Before the first row. */
  Position(String data) {
    this.data = data;
  }

  /** To be called for each row, when it has come. */
  void next() {
    UTF8String current = InputFileBlockHolder.getInputFilePath();
    long currentStart = InputFileBlockHolder.getStartOffset();
    if (currentStart != start || !current.equals(file)) {
      file = current.copy();
      start = currentStart;
      row = -1;
    }
    row++;
  }

  @Override
  public String toString() {
    if (file.numBytes() == 0) {
      return String.format(
          Locale.ROOT, "%s: row %,d of partition %d", data, row, TaskContext.getPartitionId());
    }
    String place = Redaction.ofAddresses(file.toString());
    return start <= 0
        ? String.format(Locale.ROOT, "%s: row %,d", place, row)
        : String.format(Locale.ROOT, "%s: row %,d from byte %,d", place, row, start);
  }
}
