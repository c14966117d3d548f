package dev.tributary.spark;

import dev.tributary.data.BadRows;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A part of another source's samples: those whose hashes, as numbers in [0, 1), lie in an interval.
 * The hash follows from a sample's content and the seed, so two parts never meet, copies of a
 * sample included, and no sample changes its part when others are added.
 *
 * @param source all samples
 * @param from the interval's start
 * @param to its end, not included
 * @param seed chooses which
 * @param name what the part is, for messages
 */
public record HeldOutSource(SampleSource source, double from, double to, long seed, String name)
    implements SampleSource {
  /**
   * A share that is held out, or all the others.
   *
   * @param share in (0, 1)
   * @param validation whether this is the share, and not the rest
   */
  public HeldOutSource(SampleSource source, double share, long seed, boolean validation) {
    this(
        source,
        validation ? 0 : share,
        validation ? share : 1,
        seed,
        validation ? "the part held out" : "but the part held out");
  }

  @Override
  public Schema schema() {
    return source.schema();
  }

  /** About as many; how many exactly is known only once they are read. */
  @Override
  public long count() {
    return source.count() < 0 ? UNKNOWN : Math.round(source.count() * (to - from));
  }

  @Override
  public boolean countIsExact() {
    return false;
  }

  @Override
  public String describe() {
    return String.format("%s (%s)", source.describe(), name);
  }

  @Override
  public void checkRead() {
    source.checkRead();
  }

  @Override
  public String feature(int number) {
    return source.feature(number);
  }

  @Override
  public BadRows badRows() {
    return source.badRows();
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    double start = from;
    double end = to;
    long choice = seed;
    return source.read(spark, slices).map(block -> block.part(start, end, choice));
  }
}
