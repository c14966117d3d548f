package dev.tributary.cli;

import dev.tributary.job.Job;
import dev.tributary.train.DivergedException;
import dev.tributary.train.Observer;
import dev.tributary.train.TrainedStep;
import java.io.Closeable;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Training as it goes: a bar on a terminal, plain lines when redirected, a line for each epoch on
 * both.
 */
abstract class Progress implements Observer, Closeable {
  private final int epochs;
  private String onWhat = "test";

  Progress(int epochs) {
    this.epochs = epochs;
  }

  /** What suits where the output goes. */
  static Progress open(Job.Training training) {
    return isTerminal()
        ? new Bar(training.plan().epochs())
        : new Lines(training.plan().epochs(), training.logEvery(), System.out);
  }

  /**
   * Whether a person is looking. {@code TRIBUTARY_PROGRESS=bar} or {@code lines} decides where a
   * launcher knows better.
   */
  @SuppressWarnings("SystemConsoleNull") // asked of JDKs below 22 only, where it tells
  static boolean isTerminal() {
    String wish = System.getenv("TRIBUTARY_PROGRESS");
    if (wish != null) {
      return wish.equals("bar");
    }
    return Runtime.version().feature() < 22 && System.console() != null;
  }

  private static final int DEFAULT_COLUMNS = 100;

  /** The terminal's width, as a launcher has found it. */
  static int columns() {
    String columns = System.getenv("TRIBUTARY_COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_COLUMNS;
  }

  /** Shows a line above whatever else is shown. */
  abstract void print(String line);

  @Override
  public void started(Start start) {
    onWhat = start.evaluated();
    print(
        String.format(
            Locale.ROOT,
            "training on %,d samples %s: %d epochs of %,d steps, %d %s a step, exchange %s",
            start.samples(),
            start.storage().equals("disk") ? "on disk" : "in memory",
            epochs,
            start.stepsPerEpoch(),
            start.tasks(),
            start.tasks() == 1 ? "task" : "tasks",
            start.exchange()));
  }

  @Override
  public void reached(Milestone milestone) {
    TrainedStep last = milestone.last();
    String where =
        last.step().endsEpoch()
            ? String.format(Locale.ROOT, "epoch %d/%d", last.step().epoch() + 1, epochs)
            : position(last);
    String evaluated =
        milestone.evaluation() == null
            ? ""
            : "  "
                + onWhat
                + " "
                + MetricText.line(milestone.evaluation())
                + (milestone.isBest() ? "  best" : "");
    print(
        String.format(
            Locale.ROOT, "%s  train loss %.4f%s", where, milestone.trainLoss(), evaluated));
  }

  @Override
  public void rolledBack(DivergedException why, long to, double rateFactor) {
    print(
        String.format(
            Locale.ROOT,
            "%s%nback to the weights before step %,d of the run, with %.3g times the rate",
            why.getMessage(),
            to + 1,
            rateFactor));
  }

  @Override
  public void close() {}

  String position(TrainedStep step) {
    return String.format(
        Locale.ROOT,
        "epoch %d/%d  step %d/%d",
        step.step().epoch() + 1,
        epochs,
        step.step().index() + 1,
        step.step().count());
  }

  static String lossAndRate(TrainedStep step) {
    return step.samples() == 0
        ? "no samples in this step"
        : String.format(Locale.ROOT, "loss %.4f  rate %.4g", step.loss(), step.rate());
  }

  /** A bar whose unit is a sample, so that its speed is samples/s; it also shows the time left. */
  private static final class Bar extends Progress {
    /** Back to the line's start; erases from the cursor to the line's end. */
    private static final String RETURN = "\r";

    private static final String ERASE = "\u001b[K";

    private String drawn = "";
    private @Nullable ProgressBar bar;

    Bar(int epochs) {
      super(epochs);
    }

    /** The line goes where the bar was, and the bar below it. */
    @Override
    synchronized void print(String line) {
      System.err.print(RETURN + ERASE + line + System.lineSeparator() + drawn);
    }

    private synchronized void draw(String line) {
      drawn = line;
      System.err.print(RETURN + line + ERASE);
    }

    @Override
    public void started(Start start) {
      super.started(start);
      bar =
          new ProgressBarBuilder()
              .setTaskName("")
              .setUnit(" samples", 1)
              .setInitialMax(start.samples() * (start.steps() / start.stepsPerEpoch()))
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(250)
              .setConsumer(new DelegatingProgressBarConsumer(this::draw, columns() - 1))
              .showSpeed()
              .build();
    }

    @Override
    public void stepped(TrainedStep step) {
      if (bar != null) {
        bar.setExtraMessage("  " + position(step) + "  " + lossAndRate(step));
        bar.stepBy(step.samples());
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
        System.err.println();
      }
    }
  }

  /** A line every so many steps. */
  static final class Lines extends Progress {
    private final int every;
    private final PrintStream out;
    private long totalSteps;
    private long startNanos;
    private long samples;

    Lines(int epochs, int every, PrintStream out) {
      super(epochs);
      this.every = every;
      this.out = out;
    }

    @Override
    void print(String line) {
      out.println(line);
    }

    @Override
    public void started(Start start) {
      super.started(start);
      totalSteps = start.steps();
      startNanos = System.nanoTime();
    }

    @Override
    public void stepped(TrainedStep step) {
      samples += step.samples();
      long done = step.step().number() + 1;
      if (every == 0 || (done % every != 0 && done != 1)) {
        return;
      }
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      Duration left = Duration.ofSeconds(Math.round(seconds / done * (totalSteps - done)));
      print(
          String.format(
              Locale.ROOT,
              "%s  %s  %,.0f samples/s  %d:%02d left",
              position(step),
              lossAndRate(step),
              samples / seconds,
              left.toMinutes(),
              left.toSecondsPart()));
    }
  }
}
