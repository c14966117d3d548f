package dev.tributary.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.Activation;
import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Engine;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Convolution;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pass;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the native engine takes of a machine: memory that it gives back, and one thread. */
final class OneDnnResourcesTest {
  private static final long MEGABYTE = 1 << 20;

  /** Far below what a leak would come to in the tests below, far above what the JVM's heap does. */
  private static final long TOLERATED = 192 * MEGABYTE;

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem()).as("why onednn is not tested").isEmpty();
    assumeThat(Path.of("/proc/self/status")).as("what tells resident memory").exists();
  }

  private static Engine open() {
    return new OneDnnEngineProvider().open();
  }

  private static Execution network() {
    Shape input = Shape.image(12, 12, 1);
    Window five = Window.of(5, 1, 2);
    Window two = Window.of(2, 2, 0);
    Shape image = Shape.image(12, 12, 16);
    Shape pooled = Shape.image(6, 6, 16);
    List<Layer> layers =
        List.of(
            new Convolution(new ConvolutionSize(input, 16, five, five, 1), true, Initializer.ZERO),
            new Elementwise(Activation.RELU, image),
            new Pool(new PoolSize(PoolSize.Kind.MAX, image, two, two, false, false)),
            Reshape.flatten(pooled),
            new Affine(pooled.size(), 10, true, Initializer.ZERO));
    List<Network.Node> nodes = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      nodes.add(new Network.Node(layers.get(i), List.of(i - 1)));
    }
    return new Execution(new Network(input, nodes), open());
  }

  private static void step(Execution execution, int n) {
    Batch batch = new Batch(execution.network().input());
    batch.resize(n);
    execution.load(new float[execution.network().valueCount()]);
    execution.lossAndGradient(batch, new SoftmaxCrossEntropy(), Pass.training(1, 0, 0));
  }

  @Test
  void stepsKeepMemoryFlat() {
    try (Execution execution = network()) {
      for (int i = 0; i < 1000; i++) {
        step(execution, 1 + i % 7);
      }
      long before = residentBytes();
      for (int i = 0; i < 10_000; i++) {
        step(execution, 1 + i % 7);
      }
      assertThat(residentBytes() - before).isLessThan(TOLERATED);
    }
  }

  @Test
  void closedEnginesGiveTheirMemoryBack() {
    openAndClose();
    long before = residentBytes();
    for (int i = 0; i < 100; i++) {
      openAndClose();
    }
    assertThat(residentBytes() - before).isLessThan(TOLERATED);
  }

  private static void openAndClose() {
    try (Execution execution = network()) {
      step(execution, 500);
    }
  }

  /** A worker goes with its broadcast, and nobody closes it. */
  @Test
  void forgottenEnginesGiveTheirMemoryBack() throws InterruptedException {
    step(network(), 500);
    long before = residentBytes();
    for (int i = 0; i < 60; i++) {
      step(network(), 500);
      if (i % 10 == 9) {
        System.gc();
        Thread.sleep(50);
      }
    }
    assertThat(residentBytes() - before).isLessThan(TOLERATED);
  }

  private static long residentBytes() {
    System.gc();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void closedEnginesRefuseToWork() {
    Engine engine = open();
    Buffer buffer = engine.allocate(4);
    Buffer slice = buffer.slice(1, 2);
    engine.close();
    engine.close();
    assertThatThrownBy(() -> buffer.put(new float[4], 0, 4)).hasMessageContaining("closed");
    assertThatThrownBy(() -> slice.get(new float[2], 0, 2)).hasMessageContaining("closed");
    assertThatThrownBy(() -> engine.allocate(1)).hasMessageContaining("closed");
    assertThatThrownBy(() -> engine.copy(4, buffer, buffer)).hasMessageContaining("closed");
    assertThatThrownBy(() -> engine.add(4, buffer, buffer, buffer)).hasMessageContaining("closed");
  }

  /** OpenMP's threads bear the name of the thread that made them do their part. */
  @Test
  void computesOnTheCallingThreadAlone() throws InterruptedException {
    AtomicLong threads = new AtomicLong();
    Engine engine = open();
    for (String name : List.of("one-compute", "two-compute")) {
      Thread thread =
          new Thread(
              () -> {
                multiply(engine);
                threads.set(threadsNamed(name));
              },
              name);
      thread.start();
      thread.join();
      assertThat(threads).as(name).hasValue(1);
    }
    engine.close();
  }

  private static void multiply(Engine engine) {
    AffineSize size = new AffineSize(512, 512);
    Buffer x = engine.allocate(512 * 512);
    Buffer weight = engine.allocate(512 * 512);
    Buffer y = engine.allocate(512 * 512);
    engine.affine(size, 512, x, weight, null, y);
  }

  private static long threadsNamed(String name) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> name.equals(nameOf(task))).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "gone";
    }
  }
}
