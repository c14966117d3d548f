package dev.tributary.spark.pack;

import dev.tributary.spark.pack.PackObserver.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/** Follows the stages of one phase: by tasks that end, and between them by heartbeats. */
final class PackListener extends SparkListener {
  private static final String PROPERTY = "tributary.pack";

  private final JavaSparkContext spark;
  private final PackObserver observer;
  private final Phase phase;
  private final Counts counts;
  private final long expectedRows;
  private final String mark = UUID.randomUUID().toString();
  private final Set<Integer> stages = new HashSet<>();
  private final Map<Long, Counts.Part> running = new HashMap<>();
  private int tasks;
  private int ended;

  private PackListener(
      JavaSparkContext spark,
      PackObserver observer,
      Phase phase,
      Counts counts,
      long expectedRows) {
    this.spark = spark;
    this.observer = observer;
    this.phase = phase;
    this.counts = counts;
    this.expectedRows = expectedRows;
  }

  /**
   * Follows what this thread asks Spark for, until it is closed.
   *
   * @param expectedRows in all; below 0 if nobody knows
   */
  static PackListener follow(
      JavaSparkContext spark,
      PackObserver observer,
      Phase phase,
      Counts counts,
      long expectedRows) {
    PackListener listener = new PackListener(spark, observer, phase, counts, expectedRows);
    spark.setLocalProperty(PROPERTY, listener.mark);
    spark.sc().addSparkListener(listener);
    return listener;
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    if (event.properties() != null && mark.equals(event.properties().getProperty(PROPERTY))) {
      CollectionConverters.asJava(event.stageIds()).forEach(id -> stages.add((Integer) id));
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    if (stages.contains(event.stageInfo().stageId())) {
      tasks += event.stageInfo().numTasks();
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    if (stages.contains(event.stageId())) {
      running.remove(event.taskInfo().taskId());
      ended += event.taskInfo().successful() ? 1 : 0;
      tell();
    }
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    CollectionConverters.asJava(event.accumUpdates())
        .forEach(
            task -> {
              for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                if (info.id() == counts.id()
                    && info.update().isDefined()
                    && info.update().get() instanceof Counts.Part part) {
                  running.put((Long) task._1(), part);
                }
              }
            });
    if (!running.isEmpty()) {
      tell();
    }
  }

  private void tell() {
    Counts.Part done = running.values().stream().reduce(counts.value(), Counts.Part::plus);
    double byTasks = tasks == 0 ? 0 : (double) ended / tasks;
    double share = expectedRows > 0 ? (double) done.rows() / expectedRows : byTasks;
    observer.progressed(phase, done.rows(), done.bytes(), Math.min(1, share));
  }

  /** Looks no more, as the phase is over; what Spark has not told yet is not waited for. */
  void close() {
    spark.setLocalProperty(PROPERTY, null);
    spark.sc().removeSparkListener(this);
    Counts.Part done = counts.value();
    observer.progressed(phase, done.rows(), done.bytes(), 1);
  }
}
