package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.train.Objective;
import dev.tributary.train.ShardGradients;
import dev.tributary.train.TestObjectives;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class GradientWorkersTest {
  /** An engine that tells of another library wherever it arrives. */
  private static final class Travelling implements EngineProvider {
    private static final long serialVersionUID = 1L;

    private transient boolean atHome = true;

    @Override
    public String name() {
      return "jvm";
    }

    @Override
    public String description() {
      return atHome ? "jvm (VectorBLAS)" : "jvm (JNIBLAS)";
    }

    @Override
    public Engine open() {
      return new JvmEngineProvider().open();
    }
  }

  private static Object travel(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  private static Objective with(EngineProvider engine) {
    Objective objective = TestObjectives.mlp();
    return new Objective(objective.network(), objective.loss(), engine, objective.seed());
  }

  @Test
  void refusesAnExecutorWithAnotherEngine() throws IOException, ClassNotFoundException {
    GradientWorkers there = (GradientWorkers) travel(new GradientWorkers(with(new Travelling())));
    assertThatThrownBy(there::borrow)
        .hasMessage(
            "this executor would compute with jvm (JNIBLAS), but the driver's engine is jvm"
                + " (VectorBLAS), and their last bits differ; give every machine the same Java"
                + " options and libraries (such as --add-modules=jdk.incubator.vector and the same"
                + " BLAS)");
  }

  @Test
  void lendsAWorkerAgain() throws IOException, ClassNotFoundException {
    GradientWorkers there =
        (GradientWorkers) travel(new GradientWorkers(with(new JvmEngineProvider())));
    ShardGradients first = there.borrow();
    ShardGradients second = there.borrow();
    assertThat(second).isNotSameAs(first);
    there.giveBack(first);
    assertThat(there.borrow()).isSameAs(first);
  }

  /** What is in a worker's buffers is in the caches of the core that filled them. */
  @Test
  void aThreadGetsTheWorkerThatItHad() throws InterruptedException, ExecutionException {
    GradientWorkers workers = new GradientWorkers(with(new JvmEngineProvider()));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      ShardGradients own = workers.borrow();
      ShardGradients others = other.submit(workers::borrow).get();
      workers.giveBack(own);
      other.submit(() -> workers.giveBack(others)).get();
      assertThat(other.submit(workers::borrow).get()).isSameAs(others);
      assertThat(workers.borrow()).isSameAs(own);
      workers.giveBack(others);
      ExecutorService third = Executors.newSingleThreadExecutor();
      assertThat(third.submit(workers::borrow).get()).isSameAs(others);
      third.shutdown();
    } finally {
      other.shutdown();
      workers.close();
    }
  }
}
