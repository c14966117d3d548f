package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Where samples come from. What does not need a cluster, such as a file's header, is known already.
 */
public interface SampleSource {
  /** What each sample holds. */
  Schema schema();

  /** How many samples there are. */
  long count();

  /** Words for messages: which data this is. */
  String describe();

  /**
   * The samples, in blocks that follow each other in the source's order.
   *
   * @param slices how many tasks read
   */
  JavaRDD<Samples> read(JavaSparkContext spark, int slices);
}
