package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.TestSamples;
import dev.tributary.data.digits.Digits;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.packed.Storage;
import dev.tributary.engine.Activation;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.FaultyLayer;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.Sources;
import dev.tributary.spark.SparkGradients;
import dev.tributary.spark.pack.PackObserver;
import dev.tributary.spark.slices.SlicedDescent;
import dev.tributary.tensor.Shape;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Descent;
import dev.tributary.train.GradientSource;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.ShardException;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.TrainedStep;
import dev.tributary.train.Trainer;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.jdk.javaapi.CollectionConverters;

/** What goes wrong on a cluster of separate JVMs, while it trains to the bytes of the oracle. */
final class FaultsIT {
  private static final Path ROOT = Path.of(System.getProperty("tributary.basedir", "."));
  private static final int SHARDS = 8;
  private static final int COUNT = 400;

  private static final Map<String, String> SPECULATION =
      Map.of(
          "spark.speculation", "true",
          "spark.speculation.interval", "50ms",
          "spark.speculation.multiplier", "1.5",
          "spark.speculation.quantile", "0.5",
          "spark.speculation.minTaskRuntime", "100ms");

  /** Nothing happens. */
  private static final FaultyLayer.Fault NONE = (step, shard) -> {};

  @TempDir private static Path folder;
  private static StandaloneCluster cluster;

  private final AtomicInteger added = new AtomicInteger();
  private final AtomicInteger removed = new AtomicInteger();
  private final AtomicInteger speculated = new AtomicInteger();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assertThat(SubmitIT.submit(folder, List.of("train", "--help")).code()).isZero();
    cluster = new StandaloneCluster(ROOT, folder, 2, "1g");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** All that may happen to tasks and executors, each fault at its own steps. */
  private record Everything(String marks) implements FaultyLayer.Fault {
    @Override
    public void strike(long step, int shard) {
      TaskContext task = TaskContext.get();
      boolean isFirst = task.attemptNumber() == 0;
      if (isFirst && (step * 31 + shard * 17L) % 11 == 0) {
        throw new IllegalStateException("a task fails at random");
      }
      if (isFirst && step % 6 == 2 && task.partitionId() == 0) {
        sleep();
      }
      if (step == 12) {
        loseShuffleFiles();
      }
      if ((step == 7 && shard == 2) || (step == 13 && shard == 5) || (step == 20 && shard == 1)) {
        halt(step);
      }
    }

    private static void sleep() {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        throw new IllegalStateException("another copy of this task was faster", e);
      }
    }

    /** Once on each executor. */
    private void loseShuffleFiles() {
      if (!mark("lost-by-executor-" + SparkEnv.get().executorId())) {
        return;
      }
      CollectionConverters.asJava(
              SparkEnv.get().blockManager().diskBlockManager().getAllFiles().toList())
          .forEach(
              file -> {
                if (file.getName().startsWith("shuffle_")) {
                  file.delete();
                }
              });
    }

    /** As kill -9 would, once for each step. */
    private void halt(long step) {
      if (mark("killed-in-step-" + step)) {
        Runtime.getRuntime().halt(137);
      }
    }

    /** Whether this is the first time. */
    private boolean mark(String name) {
      try {
        Files.createFile(Path.of(marks, name));
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Objective objective(FaultyLayer.Fault fault) {
    Shape image = Shape.image(28, 28, 1);
    Network network =
        new Network(
            List.of(
                Reshape.flatten(image),
                new FaultyLayer(Shape.flat(784), fault),
                new Affine(784, 16, true, Initializer.HE),
                new Elementwise(Activation.RELU, Shape.flat(16)),
                new Affine(16, 10, true, Initializer.GLOROT)));
    return new Objective(network, new SoftmaxCrossEntropy(), new JvmEngineProvider(), 3);
  }

  private static String oracle(Wire wire) {
    Objective objective = objective(NONE).over(wire);
    try (LocalGradients source = new LocalGradients(objective, shards(objective))) {
      return train(source, objective, step -> {});
    }
  }

  private static List<String> oraclesKept(Wire wire) {
    Objective objective = objective(NONE).over(wire);
    Trainer.Plan plan = plan(objective);
    try (LocalGradients source = new LocalGradients(objective, shards(objective))) {
      return kept(new PlainDescent(source, objective.network(), plan, objective.seed()), plan);
    }
  }

  private static List<Shard> shards(Objective objective) {
    Samples samples = new Samples(objective.network().input(), 0);
    Digits digits = new Digits(1, Digits.Part.TRAIN);
    byte[] pixels = new byte[Digits.WIDTH * Digits.HEIGHT];
    for (int i = 0; i < COUNT; i++) {
      digits.draw(i, pixels, 0);
      samples.add(pixels, 0, digits.label(i));
    }
    return TestSamples.shards(samples, SHARDS, objective.seed());
  }

  /** The states after every second step, which come while others are made, and the last. */
  private static List<String> kept(Descent descent, Trainer.Plan plan) {
    Trainer trainer = new Trainer(descent, plan);
    List<CompletableFuture<Descent.State>> kept = new ArrayList<>();
    while (trainer.hasNext()) {
      if (trainer.next().step().number() % 2 == 0) {
        kept.add(descent.keep());
      }
    }
    kept.add(CompletableFuture.completedFuture(descent.state()));
    return kept.stream().map(state -> WeightsFile.sha256(state.join().values())).toList();
  }

  private static String train(GradientSource source, Objective objective, LongConsumer after) {
    Trainer.Plan plan = plan(objective);
    return train(
        new PlainDescent(source, objective.network(), plan, objective.seed()), plan, after);
  }

  private static Trainer.Plan plan(Objective objective) {
    return TestObjectives.plan(objective.network(), 3, 40);
  }

  private static String train(Descent descent, Trainer.Plan plan, LongConsumer after) {
    Trainer trainer = new Trainer(descent, plan);
    while (trainer.hasNext()) {
      TrainedStep step = trainer.next();
      after.accept(step.step().number());
    }
    return WeightsFile.sha256(trainer.values());
  }

  private JavaSparkContext context(Map<String, String> more) {
    String classes = ROOT.resolve("target/classes").toAbsolutePath().toString();
    String tests = ROOT.resolve("target/test-classes").toAbsolutePath().toString();
    SparkConf conf =
        new SparkConf(false)
            .setMaster(cluster.master())
            .setAppName("faults")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.memory", "700m")
            .set("spark.executor.extraClassPath", tests + File.pathSeparator + classes)
            .set("spark.executor.extraJavaOptions", System.getProperty("spark.jvm.flags"))
            .set("spark.task.maxFailures", "8");
    settings().forEach(conf::set);
    more.forEach(conf::set);
    JavaSparkContext spark = new JavaSparkContext(conf);
    spark
        .sc()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onExecutorAdded(SparkListenerExecutorAdded event) {
                added.incrementAndGet();
              }

              @Override
              public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
                removed.incrementAndGet();
              }

              @Override
              public void onSpeculativeTaskSubmitted(SparkListenerSpeculativeTaskSubmitted event) {
                speculated.incrementAndGet();
              }
            });
    return spark;
  }

  /** What lets a driver into the cluster. */
  private static Map<String, String> settings() {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(folder.resolve("cluster.conf"))) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = new HashMap<>();
    properties.forEach((key, value) -> settings.put((String) key, (String) value));
    return settings;
  }

  private static ShardedData data(JavaSparkContext spark, Objective objective, Storage storage) {
    String text =
        """
        data.digits { train = 400, test = 0 }
        network { input = [28, 28, 1], layers = [{ type = flatten }, { type = affine, outputs = 10 }] }
        train.optimizer = { type = adam }
        """;
    Job job = JobParser.parse(text, "faults", "faults", Map.of());
    Sources sources =
        new Sources(
            job.data(), job.model().network(), job.model().preparation(), new Configuration());
    return ShardedData.of(
        spark,
        sources.train(),
        new Division(SHARDS, objective.seed()),
        4,
        storage,
        PackObserver.NONE);
  }

  /** With shards in mapped files, which are lost with their executors. */
  @Test
  void faultsOfTasksAndExecutorsLeaveTheSameBytes() throws IOException {
    Path marks = Files.createDirectory(folder.resolve("marks-of-tree"));
    Objective objective = objective(new Everything(marks.toString()));
    int before = removed.get();
    try (JavaSparkContext spark = context(SPECULATION);
        ShardedData data = data(spark, objective, Storage.DISK);
        SparkGradients gradients = SparkGradients.alongTheTree(spark, objective, data, 2)) {
      assertThat(train(gradients, objective, step -> {})).isEqualTo(oracle(Wire.F32));
    }
    assertThat(marks.toFile().list())
        .contains("killed-in-step-7", "killed-in-step-13", "killed-in-step-20")
        .anyMatch(mark -> mark.startsWith("lost-by-executor-"));
    assertThat(removed.get() - before).as("executors that were lost").isGreaterThanOrEqualTo(3);
    assertThat(speculated.get()).as("copies of slow tasks").isPositive();
  }

  /**
   * The same where executors own slices, which are lost with them, and send them rounded; KillsIT
   * has them without copies of slow tasks, in jobs that go on from step to step.
   */
  @Test
  void faultsOfTasksAndExecutorsLeaveTheSameBytesOfSlices() throws IOException {
    Path marks = Files.createDirectory(folder.resolve("marks-of-slices"));
    Objective objective = objective(new Everything(marks.toString())).over(Wire.BF16);
    int before = removed.get();
    try (JavaSparkContext spark = context(SPECULATION);
        ShardedData data = data(spark, objective, Storage.MEMORY);
        SlicedDescent slices = new SlicedDescent(spark, objective, data, plan(objective), 8)) {
      assertThat(kept(slices, plan(objective))).isEqualTo(oraclesKept(Wire.BF16));
    }
    assertThat(marks.toFile().list())
        .contains("killed-in-step-7", "killed-in-step-13", "killed-in-step-20");
    assertThat(removed.get() - before).as("executors that were lost").isGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "slices"})
  void executorsMayComeAndGo(String exchange) {
    Objective objective = objective(NONE);
    Map<String, String> dynamic =
        Map.of(
            "spark.dynamicAllocation.enabled", "true",
            "spark.dynamicAllocation.shuffleTracking.enabled", "true",
            "spark.dynamicAllocation.shuffleTracking.timeout", "1s",
            "spark.dynamicAllocation.minExecutors", "1",
            "spark.dynamicAllocation.maxExecutors", "2",
            "spark.dynamicAllocation.executorIdleTimeout", "1s",
            "spark.dynamicAllocation.cachedExecutorIdleTimeout", "1s",
            "spark.decommission.enabled", "true",
            "spark.storage.decommission.enabled", "true",
            "spark.storage.decommission.replicationReattemptInterval", "1s");
    try (JavaSparkContext spark = context(dynamic);
        ShardedData data = data(spark, objective, Storage.MEMORY)) {
      // Nothing happens for so long that all executors but one are decommissioned.
      LongConsumer pauses =
          step -> {
            if (step == 8) {
              awaitRemoval();
            }
          };
      assertThat(train(spark, objective, data, exchange, pauses)).isEqualTo(oracle(Wire.F32));
    }
    assertThat(removed.get()).as("executors that were given back").isPositive();
    assertThat(added.get()).isPositive();
  }

  private static String train(
      JavaSparkContext spark,
      Objective objective,
      ShardedData data,
      String exchange,
      LongConsumer after) {
    if (exchange.equals("slices")) {
      try (SlicedDescent slices = new SlicedDescent(spark, objective, data, plan(objective), 8)) {
        return train(slices, plan(objective), after);
      }
    }
    try (SparkGradients gradients = SparkGradients.alongTheTree(spark, objective, data, 8)) {
      return train(gradients, objective, after);
    }
  }

  private void awaitRemoval() {
    int before = removed.get();
    for (int i = 0; i < 450 && removed.get() == before; i++) {
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** One line: which shard, and which exception. */
  @Test
  void aTaskThatAlwaysFailsEndsTheJobWithItsCause() {
    FaultyLayer.Fault poison = new Poison();
    Objective objective = objective(poison);
    try (JavaSparkContext spark = context(Map.of("spark.task.maxFailures", "3"));
        ShardedData data = data(spark, objective, Storage.MEMORY);
        SparkGradients gradients = SparkGradients.alongTheTree(spark, objective, data, 8)) {
      assertThatThrownBy(() -> train(gradients, objective, step -> {}))
          .isInstanceOf(ShardException.class)
          .hasMessageMatching(
              "shard 5 at epoch 1, step 3 of 10: its sample 0 \\(the shard's sample \\d+, of class \\d\\)"
                  + " cannot be computed: IllegalStateException: poisoned");
    }
  }

  /** Shard 5 of step 2 cannot be computed. */
  private record Poison() implements FaultyLayer.Fault {
    @Override
    public void strike(long step, int shard) {
      if (step == 2 && shard == 5) {
        throw new IllegalStateException("poisoned\nsecond line");
      }
    }
  }
}
