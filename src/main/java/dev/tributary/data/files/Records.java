package dev.tributary.data.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.Samples;
import java.io.Closeable;
import java.io.IOException;

/** Samples of a file (or several that belong together), read from one place on. */
public interface Records extends Closeable {
  /**
   * Adds the next sample. After a bad one the next call goes on behind it.
   *
   * @throws BadRowException if the sample is bad, and the file else is not; the message says which
   *     sample
   * @throws dev.tributary.data.DataException if the file is damaged
   */
  void next(Samples samples) throws IOException, BadRowException;

  /** The file of the sample that was read last, for messages. */
  String file();

  /**
   * To be called behind the last sample.
   *
   * @throws dev.tributary.data.DataException if the file goes on, so that its header cannot be
   *     right
   */
  default void checkEnd() throws IOException {}
}
