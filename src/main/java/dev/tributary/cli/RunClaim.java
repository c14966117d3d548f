package dev.tributary.cli;

import dev.tributary.format.Lease;
import dev.tributary.format.LeaseException;
import dev.tributary.format.OccupiedException;
import dev.tributary.format.RunDirectory;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * A run directory and the right to write in it, which no other process has meanwhile.
 *
 * @param directory the run's
 * @param lease held until this is closed
 */
record RunClaim(RunDirectory directory, Lease lease) implements AutoCloseable {
  /** How long the lease of a process holds that is killed on another machine. */
  private static final long LEASE_SECONDS = 60;

  /**
   * Of a new run, in a directory where nothing is.
   *
   * @throws OccupiedException if something is
   * @throws LeaseException if another process is writing there
   */
  static RunClaim ofNew(String named, Configuration hadoop) throws IOException {
    RunDirectory directory = RunDirectory.open(named, hadoop);
    return new RunClaim(directory, directory.begin(LEASE_SECONDS));
  }

  /** Of a new run, in the first of {@code base}, {@code base-2}, {@code base-3}, … that is free. */
  static RunClaim ofFree(String base, Configuration hadoop) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return ofNew(i == 1 ? base : base + "-" + i, hadoop);
      } catch (OccupiedException | LeaseException e) {
        // The next.
      }
    }
  }

  /**
   * Of what may be a run that is there.
   *
   * @throws LeaseException if another process is writing there
   */
  static RunClaim ofThere(RunDirectory directory) throws IOException {
    return new RunClaim(directory, directory.lease(LEASE_SECONDS).take());
  }

  @Override
  public void close() throws IOException {
    lease.close();
  }
}
