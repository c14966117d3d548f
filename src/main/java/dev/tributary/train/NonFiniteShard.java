package dev.tributary.train;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.nn.NonFinite;
import java.io.Serializable;
import java.util.Locale;

/**
 * The first shard whose part of a step is not finite.
 *
 * @param shard its number
 * @param part samples it gives to the step
 * @param firstSample the first sample with it: its place in the shard, in the order of {@link
 *     Shard#samples}
 * @param label that sample's class; −1 if it has none
 * @param where in the pass
 */
public record NonFiniteShard(int shard, int part, int firstSample, int label, NonFinite where)
    implements Serializable {

  static NonFiniteShard of(Shard shard, Step step, NonFinite where) {
    int sample = shard.sample(step, where.first());
    return new NonFiniteShard(
        shard.index(), shard.part(step), sample, shard.samples().label(sample), where);
  }

  /** What, and in which samples. */
  String describe() {
    return where.what()
        + " is "
        + String.format(Locale.ROOT, "%s", where.value())
        + " in shard "
        + shard
        + samples()
        + (where.cause().isEmpty() ? "" : ": " + where.cause());
  }

  private String samples() {
    return switch (where.place()) {
      case PARAMETER -> "";
      case GRADIENT -> ", summed over its " + part + " samples of this step";
      default ->
          String.format(
              Locale.ROOT,
              ", in %d of its %d samples of this step, from %d to %d (the first is the shard's sample"
                  + " %d%s)",
              where.count(),
              part,
              where.first(),
              where.last(),
              firstSample,
              label < 0 ? "" : ", of class " + label);
    };
  }
}
