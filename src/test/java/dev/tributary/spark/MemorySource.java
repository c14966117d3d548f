package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Samples in the driver's memory as a source, in blocks of a chosen length. */
public record MemorySource(Samples samples, int blockLength) implements SampleSource {
  @Override
  public Schema schema() {
    return samples.schema();
  }

  @Override
  public long count() {
    return samples.count();
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    List<Samples> blocks = new ArrayList<>();
    for (int from = 0; from < samples.count(); from += blockLength) {
      Samples block = new Samples(samples.schema(), 0);
      for (int i = from; i < Math.min(from + blockLength, samples.count()); i++) {
        block.add(samples, i);
      }
      blocks.add(block);
    }
    return spark.parallelize(blocks, slices);
  }
}
