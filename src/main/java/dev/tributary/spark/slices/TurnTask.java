package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.spark.GradientWorkers;
import dev.tributary.spark.slices.TurnMessage.Ask;
import dev.tributary.spark.slices.TurnMessage.Go;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.util.RpcUtils;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.concurrent.Future;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** One partition's part in a turn: it makes steps for as long as the driver has some. */
final class TurnTask extends AbstractFunction1<Iterator<Shard>, Integer> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A task that waits looks so often whether it has been killed. */
  private static final FiniteDuration LOOK = Duration.apply(50, TimeUnit.MILLISECONDS);

  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);
  private static final scala.concurrent.CanAwait PERMIT = new scala.concurrent.CanAwait() {};

  private final Broadcast<GradientWorkers> workers;
  private final Broadcast<SlicePlan> plan;
  private final String driver;

  /**
   * Of a plan.
   *
   * @param driver the name of the driver's endpoint
   */
  TurnTask(Broadcast<GradientWorkers> workers, Broadcast<SlicePlan> plan, String driver) {
    this.workers = workers;
    this.plan = plan;
    this.driver = driver;
  }

  @Override
  public Integer apply(Iterator<Shard> partition) {
    TaskContext task = TaskContext.get();
    SparkEnv env = SparkEnv.get();
    RpcEndpointRef desk = RpcUtils.makeDriverRef(driver, env.conf(), env.rpcEnv());
    RpcTimeout timeout = RpcUtils.askRpcTimeout(env.conf());
    int place = task.partitionId();
    int generation = plan.value().generation();
    List<Shard> own = new ArrayList<>();
    CollectionConverters.asJava(partition).forEachRemaining(own::add);
    Go go = ask(desk, Ask.first(generation, place), timeout, task);
    while (go != null) {
      SliceTask.Result result = new SliceTask(workers, plan, go).make(own);
      go = ask(desk, new Ask(generation, place, go.step().number(), result), timeout, task);
    }
    return place;
  }

  /** What to do next; null if the turn is over, or the task has been killed. */
  static @Nullable Go ask(RpcEndpointRef desk, Ask ask, RpcTimeout timeout, TaskContext task) {
    byte[] answer = await(desk.ask(ask.encode(), timeout, BYTES), task::isInterrupted);
    return answer == null ? null : Go.decode(answer);
  }

  /**
   * The answer, when it is there; null if the task has been killed before.
   *
   * @throws IllegalStateException if there will be none
   */
  static byte @Nullable [] await(Future<byte[]> answer, BooleanSupplier isKilled) {
    while (!isKilled.getAsBoolean()) {
      try {
        // Apart from the result, which may be that Spark's own time for an answer is over.
        answer.ready(LOOK, PERMIT);
      } catch (TimeoutException e) {
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      try {
        return answer.result(LOOK, PERMIT);
      } catch (Exception e) {
        // Scala's methods throw checked exceptions that they do not declare.
        throw new IllegalStateException("the driver does not answer: " + e.getMessage(), e);
      }
    }
    return null;
  }
}
