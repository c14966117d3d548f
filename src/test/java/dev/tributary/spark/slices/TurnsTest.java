package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.spark.MemorySource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkTest;
import dev.tributary.spark.slices.TurnMessage.Go;
import dev.tributary.train.GradientSum;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.Trainer;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.util.RpcUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

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

  /** One that has lost the others ends the step, while they wait for what never comes. */
  @Test
  @Timeout(20)
  void aLostTaskEndsTheStep() {
    Step step = Step.of(0, 10);
    try (ShardedData data = ShardedData.of(jsc(), new MemorySource(SAMPLES, 150), SHARDS, 2, 1);
        Turns turns = new Turns(jsc().sc(), data.shards().rdd(), 1_000_000)) {
      turns.begin(1);
      assertThat(turns.step(new OneIsLost(turns.name()), new Go(step, 0.1, false)))
          .singleElement()
          .satisfies(
              result -> {
                assertThat(result.state()).isEqualTo(SliceTask.State.LOST);
                assertThat(result.why()).isEqualTo("nobody answers");
              });
      turns.abandon();
    }
  }

  private static final class OneIsLost extends AbstractFunction1<Iterator<Shard>, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String driver;

    OneIsLost(String driver) {
      this.driver = driver;
    }

    @Override
    public Integer apply(Iterator<Shard> partition) {
      TaskContext task = TaskContext.get();
      int place = task.partitionId();
      while (place == 1 && !task.isInterrupted()) {
        sleep(10);
      }
      SliceTask.Result lost =
          new SliceTask.Result(
              SliceTask.State.LOST, new GradientSum(0), 0, false, "nobody answers");
      SparkEnv env = SparkEnv.get();
      RpcEndpointRef desk = RpcUtils.makeDriverRef(driver, env.conf(), env.rpcEnv());
      TurnTask.ask(
          desk, new TurnMessage.Ask(1, place, 0, lost), RpcUtils.askRpcTimeout(env.conf()), task);
      return place;
    }
  }
}
