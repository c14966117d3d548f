package dev.tributary.train;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;

/**
 * The computation of a shard's part of a step failed. The message says in one line which shard and
 * step, which sample if it is one alone, and how.
 */
public final class ShardException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private ShardException(String message, RuntimeException cause) {
    super(message, cause);
  }

  /**
   * Of a failure.
   *
   * @param sample which of the part's samples fails by itself; −1 if none does
   */
  static ShardException of(Shard shard, Step step, int sample, RuntimeException cause) {
    String which =
        sample < 0
            ? "its " + shard.part(step) + " samples"
            : String.format(
                "its sample %d (the shard's sample %d%s)",
                sample, shard.sample(step, sample), label(shard, shard.sample(step, sample)));
    return new ShardException(
        String.format(
            "shard %d at epoch %d, step %d of %d: %s cannot be computed: %s: %s",
            shard.index(),
            step.epoch() + 1,
            step.index() + 1,
            step.count(),
            which,
            cause.getClass().getSimpleName(),
            String.valueOf(cause.getMessage()).lines().findFirst().orElse("")),
        cause);
  }

  private static String label(Shard shard, int sample) {
    int label = shard.samples().label(sample);
    return label < 0 ? "" : ", of class " + label;
  }
}
