package dev.tributary.spark;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a retrain is made of, found by names, times or a column's values; nothing is read yet.
 *
 * @param period the newest part's name; empty if nothing is new
 * @param fresh names of what is new
 * @param old names of what is not, the latest of it
 * @param late names of what is counted with the old though it was changed since
 * @param watermark up to where data will have been used, for the next time to go on from
 * @param freshPart how to read what is new; null if nothing is
 * @param oldPart how to read the old; null if there is none
 */
public record NewData(
    String period,
    List<String> fresh,
    List<String> old,
    List<String> late,
    Map<String, Object> watermark,
    @Nullable Part freshPart,
    @Nullable Part oldPart) {
  /**
   * A part of the data.
   *
   * @param pairs of IDX files, by the start of their names; empty where there are rows
   * @param location of rows: a path or glob, a table's name, a query
   * @param where which of the rows, as SQL; null for all
   */
  public record Part(List<String> pairs, @Nullable String location, @Nullable String where) {
    /** Its samples. */
    public SampleSource open(Sources sources) {
      return location == null
          ? new UnionSource(pairs.stream().map(sources::idx).toList())
          : sources.rows(location, where);
    }
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return freshPart == null;
  }
}
