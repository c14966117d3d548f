package dev.tributary.bench;

import dev.tributary.data.Step;
import dev.tributary.spark.ShardedData;
import dev.tributary.train.Descent;
import java.util.Collections;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** No step at all but a Spark job of as many tasks: what is spent on scheduling alone. */
final class EmptyJobs implements Descent {
  private final ShardedData data;
  private final JavaRDD<Integer> nothing;
  private final State state = new State(new float[0], new float[0][], null);

  EmptyJobs(JavaSparkContext spark, ShardedData data, int tasks) {
    this.data = data;
    this.nothing = spark.parallelize(Collections.nCopies(tasks, 1), tasks);
  }

  @Override
  public long samples() {
    return data.samples();
  }

  @Override
  public Sums step(Step step, double rate) {
    return new Sums(nothing.count(), 1, 0);
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void moveTo(State there) {}

  @Override
  public void close() {}
}
