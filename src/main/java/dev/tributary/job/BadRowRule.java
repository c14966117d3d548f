package dev.tributary.job;

import java.io.Serializable;

/**
 * What becomes of rows that are no samples.
 *
 * @param skip whether they are passed over and counted; else the first ends the run
 * @param share the greatest share of all rows that may be passed over
 */
public record BadRowRule(boolean skip, double share) implements Serializable {
  /** None may be bad. */
  public static final BadRowRule FAIL = new BadRowRule(false, 0);
}
