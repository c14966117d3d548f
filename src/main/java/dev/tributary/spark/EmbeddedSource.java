package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.digits.Digits.Part;
import dev.tributary.data.embedded.Embedded;
import java.util.Iterator;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Embedded data, made by the tasks that need it.
 *
 * @param set which
 * @param seed it is made from
 * @param part train or test
 * @param count how many samples
 */
public record EmbeddedSource(Embedded set, long seed, Part part, long count)
    implements SampleSource {
  @Override
  public Schema schema() {
    return set.schema();
  }

  @Override
  public String describe() {
    return String.format(
        "the embedded %s (%s)",
        set.format().replace('_', ' '), part.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    Embedded made = set;
    long makingSeed = seed;
    Part madePart = part;
    return spark
        .parallelize(Range.cut(count, slices), slices)
        .flatMap(range -> make(range, made.schema(), made.open(makingSeed, madePart)));
  }

  private static Iterator<Samples> make(Range range, Schema schema, Embedded.Maker maker) {
    return range.blocks(schema.bytes()).stream()
        .map(
            block -> {
              Samples samples = new Samples(schema, (int) block.count());
              for (long i = block.from(); i < block.to(); i++) {
                maker.add(i, samples);
              }
              return samples;
            })
        .iterator();
  }
}
