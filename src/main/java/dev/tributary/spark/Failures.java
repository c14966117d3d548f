package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.nn.InputException;
import dev.tributary.train.ShardException;
import java.util.function.Supplier;
import org.apache.spark.SparkException;

/** Finds, in the failure of a Spark job, the failure of ours that caused it. */
public final class Failures {
  private Failures() {}

  /**
   * Runs a job; what a task says is wrong with the data, or with a shard, is thrown as such, not as
   * "job aborted".
   */
  public static <T> T ofData(Supplier<T> job) {
    try {
      return job.get();
    } catch (RuntimeException e) {
      throw causeOrItself(e);
    } catch (Exception e) {
      // Spark's Scala methods throw its checked exception without declaring it.
      if (e instanceof SparkException) {
        throw causeOrItself(new RuntimeException(e.getMessage(), e));
      }
      throw e;
    }
  }

  private static RuntimeException causeOrItself(RuntimeException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof DataException
          || t instanceof InputException
          || t instanceof ShardException) {
        return (RuntimeException) t;
      }
    }
    return failure;
  }
}
