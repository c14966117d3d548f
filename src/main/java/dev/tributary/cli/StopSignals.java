package dev.tributary.cli;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.util.SignalUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.runtime.AbstractFunction0;

/**
 * SIGTERM and SIGINT while a run goes on: the first asks it to end after its step, the second ends
 * the process at once. While none goes on they do what they always do.
 */
final class StopSignals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
  private static final int NO_RUN = -1;

  /** Signals received in this run. */
  private static final AtomicInteger RECEIVED = new AtomicInteger(NO_RUN);

  private static boolean isRegistered;

  private StopSignals() {}

  /** From here on, until closed. */
  static synchronized StopSignals listen() {
    if (!isRegistered) {
      SignalUtils.register("TERM", new Receiver());
      SignalUtils.register("INT", new Receiver());
      isRegistered = true;
    }
    RECEIVED.set(0);
    return new StopSignals();
  }

  /** Whether a signal came. */
  boolean isStopRequested() {
    return RECEIVED.get() > 0;
  }

  @Override
  public void close() {
    RECEIVED.set(NO_RUN);
  }

  private static final class Receiver extends AbstractFunction0<Object> {
    @Override
    public Object apply() {
      int now = RECEIVED.updateAndGet(n -> n == NO_RUN ? n : n + 1);
      if (now == NO_RUN) {
        return false;
      }
      if (now > 1) {
        Runtime.getRuntime().halt(1);
      }
      LOG.warn("stopping after this step, with a checkpoint; a second signal ends it at once");
      return true;
    }
  }
}
