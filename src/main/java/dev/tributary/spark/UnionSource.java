package dev.tributary.spark;

import dev.tributary.data.BadRows;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Several sources of the same schema as one. What a sample's shard is follows from its content, so
 * the order of the sources has no part in the result.
 *
 * @param sources at least one
 */
public record UnionSource(List<SampleSource> sources) implements SampleSource {
  @Override
  public Schema schema() {
    return sources.get(0).schema();
  }

  @Override
  public long count() {
    return sources.stream().mapToLong(SampleSource::count).sum();
  }

  @Override
  public String describe() {
    String first = sources.get(0).describe();
    return sources.size() == 1
        ? first
        : String.format(Locale.ROOT, "%s and %d more", first, sources.size() - 1);
  }

  @Override
  public boolean countIsExact() {
    return false;
  }

  @Override
  public void checkRead() {
    sources.forEach(SampleSource::checkRead);
  }

  @Override
  public BadRows badRows() {
    BadRows all = new BadRows();
    sources.forEach(source -> all.add(source.badRows()));
    return all;
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    int each = Math.max(1, (slices + sources.size() - 1) / sources.size());
    JavaRDD<Samples> all = sources.get(0).read(spark, each);
    for (SampleSource source : sources.subList(1, sources.size())) {
      all = all.union(source.read(spark, each));
    }
    return all;
  }
}
