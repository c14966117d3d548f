package dev.tributary.cli;

import dev.tributary.job.Job;
import dev.tributary.train.metrics.PairedComparison;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a challenger becomes champion.
 *
 * @param promotes whether it does
 * @param why in words
 */
record RetrainDecision(boolean promotes, String why) {
  /** By the job's rule. Without a comparison there is no champion yet. */
  static RetrainDecision of(Job.Promotion rule, @Nullable PairedComparison c) {
    if (c == null) {
      return new RetrainDecision(true, "the first: there was no champion to compare it with");
    }
    boolean promotes = c.isBetterBy(rule.margin());
    String test =
        Double.isNaN(c.pValue())
            ? "the bootstrap"
            : String.format(Locale.ROOT, "McNemar's test (p = %.2g)", c.pValue());
    return new RetrainDecision(
        promotes,
        String.format(
            Locale.ROOT,
            "%s on %d held-out samples: %s %.4f against the champion's %.4f, better by %+.4f, %.0f %%"
                + " interval %+.4f to %+.4f; %s",
            test,
            c.samples(),
            c.measure(),
            c.challenger(),
            c.champion(),
            c.difference(),
            100 * c.confidence(),
            c.low(),
            c.high(),
            promotes
                ? "better beyond luck"
                : c.difference() <= rule.margin()
                    ? String.format(Locale.ROOT, "not better by more than %s", rule.margin())
                    : "which may be luck"));
  }
}
