package dev.tributary.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows that could not become samples: how many of each kind, and the first of them by place. */
public final class BadRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What can be wrong with a row. */
  public enum Kind {
    /** A label is null or an empty cell. */
    MISSING_LABEL,
    /** A class that is not whole, below 0, or not below the network's outputs. */
    LABEL_OUT_OF_RANGE,
    /** A feature is null or an empty cell. */
    MISSING_VALUE,
    /** NaN or infinite, or beyond float32. */
    NOT_FINITE,
    /** More or fewer numbers than the network reads, or predicts. */
    WRONG_LENGTH,
    /** Not a number where one should be. */
    WRONG_TYPE,
    /** A category that the training data does not have. */
    UNKNOWN_CATEGORY,
    /** A sample's weight is below 0. */
    NEGATIVE_WEIGHT,
    /** An image that is damaged, or none. */
    UNDECODABLE_IMAGE;

    /** Its name in messages and summaries. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private static final int LOCATED = 10;

  private final EnumMap<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final List<String> places = new ArrayList<>();
  private long read;

  /** Counts a row, good or bad. */
  public void countRead() {
    read++;
  }

  /**
   * Counts a bad row.
   *
   * @param place the row, and what is wrong with it
   */
  public void add(Kind kind, String place) {
    counts.merge(kind, 1L, Long::sum);
    if (places.size() < LOCATED) {
      places.add(place);
    }
  }

  /** Adds what another part of the data has. */
  public void add(BadRows other) {
    other.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
    for (String place : other.places) {
      if (places.size() < LOCATED) {
        places.add(place);
      }
    }
    read += other.read;
  }

  /** Bad rows of all kinds. */
  public long count() {
    return counts.values().stream().mapToLong(count -> count).sum();
  }

  /** Rows read, the bad ones included. */
  public long read() {
    return read;
  }

  /** The first of them, in the order of partitions: each with its place and what is wrong. */
  public List<String> places() {
    return List.copyOf(places);
  }

  /** The kinds there are, and how many of each. */
  public Map<String, Long> byKind() {
    Map<String, Long> kinds = new LinkedHashMap<>();
    counts.forEach((kind, count) -> kinds.put(kind.words(), count));
    return kinds;
  }

  /**
   * Refuses data of which too much is bad.
   *
   * @param limit the greatest share of the rows that may be
   * @param data its description
   * @throws DataException if more is
   */
  public void check(double limit, String data) {
    if (count() > limit * read) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d rows are bad (%s), and data.bad_row_share allows %s of them; mend the"
                  + " data, or raise it. The first: %s",
              data,
              count(),
              read,
              byKind(),
              limit,
              String.join("; ", places)));
    }
  }
}
