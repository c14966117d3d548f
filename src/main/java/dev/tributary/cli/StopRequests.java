package dev.tributary.cli;

import dev.tributary.format.RunDirectory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, while a run goes on, for {@code stop RUN}: a file that comes into the run's directory,
 * and that goes again as soon as it is heard. It reaches a driver wherever it is, where no signal
 * does, or one that leaves no time for a checkpoint (YARN's a quarter of a second).
 */
final class StopRequests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopRequests.class);

  /** Seldom enough for object stores, which charge for each look. */
  private static final long SECONDS = 5;

  private final RunDirectory directory;
  private final String self;
  private final Thread thread;
  private volatile boolean isStopRequested;
  private volatile boolean isClosed;

  private StopRequests(RunClaim claim) {
    this.directory = claim.directory();
    this.self = claim.lease().owner();
    this.thread = new Thread(this::listen, "stop requests of " + directory.name());
    thread.setDaemon(true);
  }

  /** From here on, until closed. */
  static StopRequests listen(RunClaim claim) {
    StopRequests requests = new StopRequests(claim);
    requests.thread.start();
    return requests;
  }

  /** Whether one came. */
  boolean isStopRequested() {
    return isStopRequested;
  }

  private void listen() {
    boolean isTold = false;
    while (!isStopRequested && !isClosed) {
      try {
        TimeUnit.SECONDS.sleep(SECONDS);
        look();
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        // The next look may go well; once is enough to know. Closing may cut one short.
        if (!isTold && !isClosed) {
          LOG.warn("cannot look for stop requests in {}: {}", directory.name(), e.getMessage());
          isTold = true;
        }
      }
    }
  }

  private void look() throws IOException {
    if (!directory.has(RunDirectory.STOP)) {
      return;
    }
    // Another's name is of a process that had gone before it heard.
    if (directory.read(RunDirectory.STOP).equals(self)) {
      isStopRequested = true;
      LOG.warn("stopping after this step, with a checkpoint, as \"stop\" asked for");
    }
    directory.remove(RunDirectory.STOP);
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
  }
}
