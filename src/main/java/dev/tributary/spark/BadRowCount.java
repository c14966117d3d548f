package dev.tributary.spark;

import dev.tributary.data.BadRows;
import dev.tributary.job.BadRowRule;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a source found to be bad when it was read last, and what a job says of it. */
public final class BadRowCount {
  private static final Logger LOG = LoggerFactory.getLogger(BadRowCount.class);

  private final BadRowRule rule;
  private final String data;
  private @Nullable BadRowsAccumulator accumulator;

  /**
   * Nothing was read yet.
   *
   * @param data its description
   */
  public BadRowCount(BadRowRule rule, String data) {
    this.rule = rule;
    this.data = data;
  }

  /** Where the tasks of a reading that begins now count. */
  public BadRowsAccumulator begin(JavaSparkContext spark) {
    BadRowsAccumulator begun = new BadRowsAccumulator();
    spark.sc().register(begun);
    accumulator = begun;
    return begun;
  }

  /** What was passed over so far. */
  public BadRows found() {
    return accumulator == null ? new BadRows() : accumulator.value();
  }

  /**
   * Tells what was passed over, all having been read.
   *
   * @throws dev.tributary.data.DataException if it is more than the job allows
   */
  public void check() {
    BadRows bad = found();
    if (bad.count() > 0) {
      bad.check(rule.share(), data);
      LOG.warn(
          "{}: {} of {} rows were passed over: {}; the first: {}",
          data,
          bad.count(),
          bad.read(),
          bad.byKind(),
          String.join("; ", bad.places()));
    }
  }
}
