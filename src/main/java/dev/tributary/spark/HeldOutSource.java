package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A share of another source's samples, held out for validation, or all the others. Who is held out
 * follows from a sample's content and the seed, so the two parts never meet, copies of a sample
 * included.
 *
 * @param source all samples
 * @param share the share that is held out, in (0, 1)
 * @param seed chooses which
 * @param validation whether this is the share, and not the rest
 */
public record HeldOutSource(SampleSource source, double share, long seed, boolean validation)
    implements SampleSource {
  @Override
  public Schema schema() {
    return source.schema();
  }

  /** About as many; how many exactly is known only once they are read. */
  @Override
  public long count() {
    double part = validation ? share : 1 - share;
    return Math.round(source.count() * part);
  }

  @Override
  public String describe() {
    return String.format(
        "%s (%s)", source.describe(), validation ? "the part held out" : "but the part held out");
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    double heldOut = share;
    long choice = seed;
    boolean wanted = validation;
    return source.read(spark, slices).map(block -> block.heldOut(heldOut, choice, wanted));
  }
}
