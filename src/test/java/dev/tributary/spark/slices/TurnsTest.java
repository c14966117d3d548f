package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.Samples;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.spark.MemorySource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkTest;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.Trainer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.Test;

/** Steps share jobs, and leave room for others. */
final class TurnsTest extends SparkTest {
  private static final int SHARDS = 16;
  private static final int STEPS = 40;
  private static final Samples SAMPLES =
      TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 1000, 3);

  private final AtomicInteger jobs = new AtomicInteger();

  private final SparkListener counter =
      new SparkListener() {
        @Override
        public void onJobStart(SparkListenerJobStart event) {
          jobs.incrementAndGet();
        }
      };

  /** Makes steps, doing something after each. */
  private void run(int partitions, Runnable after) {
    Objective objective = TestObjectives.mlp();
    Trainer.Plan plan = TestObjectives.plan(objective.network(), 4, 100);
    try (ShardedData data =
            ShardedData.of(
                jsc(), new MemorySource(SAMPLES, 150), SHARDS, partitions, objective.seed());
        LocalGradients local =
            new LocalGradients(objective, TestSamples.shards(SAMPLES, SHARDS, objective.seed()));
        PlainDescent plain = new PlainDescent(local, objective.network(), plan, objective.seed());
        SlicedDescent slices = new SlicedDescent(jsc(), objective, data, plan, 8)) {
      jsc().sc().addSparkListener(counter);
      for (int i = 0; i < STEPS; i++) {
        Step step = Step.of(i, 10);
        assertThat(slices.step(step, 0.01)).as("step %d", i).isEqualTo(plain.step(step, 0.01));
        after.run();
      }
      assertThat(slices.state().values()).isEqualTo(plain.state().values());
    } finally {
      jsc().sc().removeSparkListener(counter);
    }
  }

  private static void sleep(long milliseconds) {
    try {
      TimeUnit.MILLISECONDS.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void stepsShareJobs() {
    run(2, () -> {});
    assertThat(jobs.get()).as("jobs for %d steps", STEPS).isLessThan(STEPS / 2);
  }

  /** What waits for another that has no place is sent away, and then each has its own job. */
  @Test
  void moreTasksThanPlaces() {
    run(8, () -> {});
    assertThat(jobs.get()).as("jobs for %d steps", STEPS).isGreaterThanOrEqualTo(STEPS);
  }

  /** Tasks do not hold their places while the driver does something else. */
  @Test
  void othersGetTheirTurn() {
    AtomicInteger done = new AtomicInteger();
    run(
        2,
        () -> {
          if (done.incrementAndGet() % 10 == 0) {
            // In another thread, with no word to the descent.
            CompletableFuture<Long> other =
                CompletableFuture.supplyAsync(
                    () -> jsc().parallelize(List.of(1, 2, 3, 4), 4).count());
            assertThat(other.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(4);
            sleep(20);
          }
        });
    assertThat(done.get()).isEqualTo(STEPS);
  }
}
