package dev.tributary.spark.files;

import dev.tributary.data.Schema;
import dev.tributary.data.files.Records;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** Files found, and looked at so far as to know how many samples they hold. Sent to tasks. */
interface RecordFormat extends Serializable {
  /** What a sample holds. */
  Schema schema();

  /** How many there are. */
  long count();

  /** Which data this is, for messages; without credentials. */
  String describe();

  /**
   * The samples from a number on.
   *
   * @param from below the count
   */
  Records open(long from, Configuration hadoop) throws IOException;
}
