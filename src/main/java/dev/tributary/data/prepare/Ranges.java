package dev.tributary.data.prepare;

import dev.tributary.data.DataException;

/** Whether a column's values can be fitted to. */
final class Ranges {
  private Ranges() {}

  /**
   * That there are values, and none is infinite.
   *
   * @param type the transformation's name in a job file
   */
  static void check(Columns columns, int column, Moments moments, String type) {
    if (moments.count(column) == 0) {
      throw new DataException(
          String.format(
              "%s %d has no value in any training sample, so %s has nothing to go by; leave it out"
                  + " of data.prepare's columns, or fill it with a number before",
              columns.name(), column, type));
    }
    if (Float.isInfinite(moments.least(column)) || Float.isInfinite(moments.most(column))) {
      throw new DataException(
          String.format(
              "%s %d is infinite in a training sample, so %s has nothing to go by; put {type = clip,"
                  + " low = …, high = …} before it in data.prepare, or mend the data",
              columns.name(), column, type));
    }
  }
}
