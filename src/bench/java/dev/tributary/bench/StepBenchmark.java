package dev.tributary.bench;

import dev.tributary.engine.Precision;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole steps under JMH: {@code src/bench/jmh StepBenchmark -prof gc} tells what a step allocates.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class StepBenchmark {
  /** {@code onednn} or {@code jvm}. */
  @Param({"onednn", "jvm"})
  public String engine = "onednn";

  /** A {@link BenchNetwork}. */
  @Param({"MLP", "LENET", "RESIDUAL"})
  public String network = "MLP";

  /** Samples in the mini-batch. */
  @Param("128")
  public int batch = 128;

  @SuppressWarnings("NullAway.Init")
  private TrainingStep step;

  /** Builds the network and its memory. */
  @Setup
  public void open() {
    step =
        new TrainingStep(
            BenchNetwork.valueOf(network),
            batch,
            engine.equals("jvm")
                ? new JvmEngineProvider()
                : new OneDnnEngineProvider(Precision.F32));
  }

  /** One step. */
  @Benchmark
  public double step() {
    return step.run();
  }

  /** Frees the engine. */
  @TearDown
  public void close() {
    step.close();
  }
}
