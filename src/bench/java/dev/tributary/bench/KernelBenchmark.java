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

/** Single operations under JMH: {@code src/bench/jmh KernelBenchmark}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
  /** {@code onednn} or {@code jvm}. */
  @Param({"onednn", "jvm"})
  public String engine = "onednn";

  /** As {@link Kernel} reads it. */
  @Param({
    "conv-1x28x28-32-k5-forward",
    "conv-32x14x14-64-k5-forward",
    "conv-32x14x14-64-k5-dx",
    "conv-32x14x14-64-k5-dw",
    "affine-1024x1024-forward",
    "affine-1024x1024-dx",
    "affine-1024x1024-dw"
  })
  public String kernel = "affine-1024x1024-forward";

  /** Samples in the mini-batch. */
  @Param("32")
  public int batch = 32;

  @SuppressWarnings("NullAway.Init")
  private Kernel work;

  /** Fills its arguments. */
  @Setup
  public void open() {
    work =
        Kernel.of(
            kernel,
            batch,
            engine.equals("jvm")
                ? new JvmEngineProvider()
                : new OneDnnEngineProvider(Precision.F32));
  }

  /** One run. */
  @Benchmark
  public void run() {
    work.run();
  }

  /** Frees the engine. */
  @TearDown
  public void close() {
    work.close();
  }
}
