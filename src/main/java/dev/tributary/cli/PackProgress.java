package dev.tributary.cli;

import dev.tributary.spark.pack.PackObserver;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Passes over data as they go, if they take more than a moment: a bar with rows, bytes and time
 * left on a terminal, now and then a line when redirected.
 */
final class PackProgress implements PackObserver {
  private static final int WHOLE = 1000;

  /** Reading is about this much of the work, as measured on tables. */
  private static final double READING = 0.6;

  /** What is over sooner needs no bar. */
  private static final double SILENT_SECONDS = 2;

  private static final double SECONDS_BETWEEN_LINES = 5;

  private String source = "";
  private long startNanos;
  private double toldSeconds;
  private @Nullable ProgressBar bar;

  @Override
  public synchronized void begun(String what) {
    source = what;
    startNanos = System.nanoTime();
    toldSeconds = 0;
  }

  @Override
  public synchronized void progressed(Phase phase, long rows, long bytes, double share) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (source.isEmpty() || seconds < SILENT_SECONDS) {
      return;
    }
    double whole = phase == Phase.READ ? READING * share : READING + (1 - READING) * share;
    String text = text(phase, rows, bytes, left(seconds, whole));
    if (Progress.isTerminal()) {
      draw(whole, text);
    } else if (seconds - toldSeconds > SECONDS_BETWEEN_LINES) {
      toldSeconds = seconds;
      System.out.printf(Locale.ROOT, "%s, %.0f%%: %s%n", source, 100 * whole, text);
    }
  }

  /** As long again for each share as for what is done; null as long as nothing is. */
  static @Nullable Duration left(double seconds, double whole) {
    return whole == 0 ? null : Duration.ofSeconds(Math.round(seconds / whole * (1 - whole)));
  }

  static String text(Phase phase, long rows, long bytes, @Nullable Duration left) {
    return String.format(
        Locale.ROOT,
        "%s %,d rows, %,.1f MB%s",
        phase == Phase.READ ? "read" : "packed",
        rows,
        bytes / 1e6,
        left == null
            ? ""
            : String.format(", %d:%02d left", left.toMinutes(), left.toSecondsPart()));
  }

  private void draw(double whole, String text) {
    if (bar == null) {
      System.err.println("packing " + source);
      bar =
          new ProgressBarBuilder()
              .setTaskName("")
              .setInitialMax(WHOLE)
              .hideEta()
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(250)
              .setConsumer(
                  new DelegatingProgressBarConsumer(
                      line -> System.err.print("\r" + line + "\u001b[K"), Progress.columns() - 1))
              .build();
    }
    bar.setExtraMessage("  " + text);
    bar.stepTo(Math.round(whole * WHOLE));
  }

  @Override
  public synchronized void ended() {
    source = "";
    if (bar != null) {
      bar.close();
      bar = null;
      System.err.println();
    }
  }
}
