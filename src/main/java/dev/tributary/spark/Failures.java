package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.job.Redaction;
import dev.tributary.nn.InputException;
import dev.tributary.train.ShardException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;

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

  /** What Spark's readers say of a file that is damaged, or of another format. */
  private static boolean isUnreadableFile(Throwable t) {
    return t instanceof SparkThrowable said
        && String.valueOf(said.getCondition()).startsWith("FAILED_READ_FILE");
  }

  private static String unreadable(Throwable t) {
    Throwable why = t.getCause() == null ? t : t.getCause();
    String words = t.getMessage() + ": " + why.getMessage();
    return Redaction.of(words.lines().collect(Collectors.joining(" ")));
  }

  private static RuntimeException causeOrItself(RuntimeException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof DataException
          || t instanceof InputException
          || t instanceof ShardException) {
        return (RuntimeException) t;
      }
      if (isUnreadableFile(t)) {
        return new DataException(unreadable(t), t);
      }
    }
    return failure;
  }
}
