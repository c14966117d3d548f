package dev.tributary.spark;

import dev.tributary.data.BadRows;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Where samples come from. What does not need a cluster, such as a file's header, is known already.
 */
public interface SampleSource {
  /** The count of samples that are known only by reading them. */
  long UNKNOWN = -1;

  /** What each sample holds. */
  Schema schema();

  /** How many samples there are; {@link #UNKNOWN} where reading alone can tell. */
  long count();

  /** Whether it gives as many samples as it counts, cut evenly among the tasks that read. */
  default boolean countIsExact() {
    return count() != UNKNOWN;
  }

  /** Words for messages: which data this is. */
  String describe();

  /**
   * The samples, in blocks that follow each other in the source's order.
   *
   * @param slices how many tasks read
   */
  JavaRDD<Samples> read(JavaSparkContext spark, int slices);

  /**
   * To be called when all has been read.
   *
   * @throws dev.tributary.data.DataException if too much of it is bad
   */
  default void checkRead() {}

  /** What a feature is called, by its number among all, for messages. */
  default String feature(int number) {
    return "feature " + number;
  }

  /** What was passed over, when it was read last. */
  default BadRows badRows() {
    return new BadRows();
  }
}
