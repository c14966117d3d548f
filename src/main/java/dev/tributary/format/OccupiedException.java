package dev.tributary.format;

import java.io.IOException;

/** A new run was aimed at a directory that already holds something. Nothing was touched. */
public final class OccupiedException extends IOException {
  private static final long serialVersionUID = 1L;

  OccupiedException(String directory, boolean isRun) {
    super(
        String.format(
            "%s already holds %s; nothing was written. Choose another with -D run.dir=DIR, or remove"
                + " it",
            directory, isRun ? "a finished run" : "files, perhaps an unfinished run's"));
  }
}
