package dev.tributary.spark.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.prepare.Columns;
import dev.tributary.data.prepare.Filling;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.nn.inspect.Needs;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each problem that can be found: its row in the table. */
final class ChecksTest {
  private static final long MB = 1L << 20;
  private static final long GB = 1L << 30;
  private static final String ENGINE = "onednn 3.11 (avx512_core, f32)";

  @TempDir private Path folder;

  private static Machine machine(String id, long heap) {
    return new Machine(id, "host" + id, 2, heap, 100 * GB, ENGINE);
  }

  private static Cluster local(long heap) {
    return new Cluster(true, heap, List.of(machine("driver", heap)), GB, 0, 200 * MB);
  }

  private static Cluster cluster(long driverHeap, long executorHeap) {
    List<Machine> machines = List.of(machine("0", executorHeap), machine("1", executorHeap));
    return new Cluster(false, driverHeap, machines, GB, 0, 200 * MB);
  }

  /** Values of so many bytes; the driver holds ten times as much, a task five times. */
  private static Needs needs(long bytes) {
    return new Needs(bytes / 4, bytes, 10 * bytes, 5 * bytes, 8, 0);
  }

  private static String row(Problem p) {
    return String.join(" | ", p.kind().toString(), p.what(), p.found(), p.needed(), p.remedy());
  }

  private static List<String> rows(List<Problem> problems) {
    return problems.stream().map(ChecksTest::row).toList();
  }

  @Test
  void enoughMemoryIsNoProblem() {
    assertThat(MemoryCheck.of(needs(10 * MB), cluster(GB, GB), 100 * MB)).isEmpty();
    assertThat(MemoryCheck.of(needs(10 * MB), local(GB), 100 * MB)).isEmpty();
  }

  @Test
  void findsADriverThatIsTooSmall() {
    assertThat(rows(MemoryCheck.of(needs(200 * MB), cluster(GB, 8 * GB), 0)))
        .containsExactly(
            "ERROR | driver memory | 1.0 GB of heap | 2.0 GB (weights, slots, sums, activations) |"
                + " --driver-memory 3g, or a smaller train.batch or network");
    // It just fits, which the collector pays for.
    assertThat(rows(MemoryCheck.of(needs(90 * MB), cluster(GB, 8 * GB), 0)))
        .containsExactly(
            "WARNING | driver memory | 1.0 GB of heap | 900.0 MB (weights, slots, sums, activations)"
                + " | --driver-memory 2g, or a smaller train.batch or network");
  }

  @Test
  void findsExecutorsThatAreTooSmall() {
    assertThat(rows(MemoryCheck.of(needs(300 * MB), cluster(8 * GB, GB), 0)))
        .containsExactly(
            "ERROR | memory of executor 0 on host0 | 1.0 GB of heap | 3.2 GB (weights, slots, sums,"
                + " activations) | --executor-memory 5g, or a smaller train.batch or network");
  }

  @Test
  void countsTheSlicesThatExecutorsOwn() {
    Needs sliced = new Needs(20 * MB / 4, 20 * MB, 80 * MB, 100 * MB, 8, 14 * 200 * MB);
    assertThat(rows(MemoryCheck.of(sliced, cluster(8 * GB, GB), 0)))
        .containsExactly(
            "ERROR | memory of executor 0 on host0 | 1.0 GB of heap | 1.6 GB (weights, slots, sums,"
                + " activations) | --executor-memory 2g, or a smaller train.batch or network");
    Needs alongTheTree = new Needs(20 * MB / 4, 20 * MB, 80 * MB, 100 * MB, 8, 0);
    assertThat(MemoryCheck.of(alongTheTree, cluster(8 * GB, GB), 0)).isEmpty();
  }

  @Test
  void findsDataThatWillNotFit() {
    assertThat(rows(MemoryCheck.of(needs(10 * MB), cluster(GB, GB), 4 * GB)))
        .containsExactly(
            "WARNING | memory for data | 974.0 MB beside the weights | 3.3 GB, or shards are read"
                + " from disk in each step | --executor-memory 4g, or more executors");
    assertThat(rows(MemoryCheck.of(needs(10 * MB), local(GB), 4 * GB)))
        .singleElement()
        .asString()
        .endsWith("--driver-memory 7g");
  }

  @Test
  void findsLimitsOfSparkThatAreTooLow() {
    assertThat(LimitCheck.of(needs(10 * MB), cluster(GB, GB), 8)).isEmpty();
    assertThat(rows(LimitCheck.of(needs(150 * MB), cluster(GB, GB), 8)))
        .containsExactly(
            "ERROR | spark.driver.maxResultSize | 1.0 GB | 1.2 GB, 8 sums of a step | --conf"
                + " spark.driver.maxResultSize=2g, or a smaller train.fan_in");
    Cluster unbounded = new Cluster(false, GB, List.of(), 0, 0, 200 * MB);
    assertThat(rows(LimitCheck.of(needs(250 * MB), unbounded, 8)))
        .containsExactly(
            "WARNING | spark.network.maxRemoteBlockSizeFetchToMem | 200.0 MB | 250.1 MB, or each sum"
                + " goes by way of the driver's disk | --conf"
                + " spark.network.maxRemoteBlockSizeFetchToMem=1g");
    Cluster kryo = new Cluster(false, GB, List.of(), 0, 64 * MB, 2 * GB);
    assertThat(rows(LimitCheck.of(needs(100 * MB), kryo, 8)))
        .containsExactly(
            "ERROR | spark.kryoserializer.buffer.max | 64.0 MB | 100.1 MB for one sum | --conf"
                + " spark.kryoserializer.buffer.max=101m");
    Cluster large = new Cluster(false, GB, List.of(), 0, 64 * MB, 8 * GB);
    assertThat(rows(LimitCheck.of(needs(3 * GB), large, 8)))
        .singleElement()
        .asString()
        .endsWith("leave spark.serializer as it is by default");
  }

  @Test
  void findsAnExecutorWithAnotherEngine() {
    Machine same = machine("0", GB);
    Machine other = new Machine("1", "old", 2, GB, GB, "onednn 3.11 (avx2, f32)");
    Cluster mixed = new Cluster(false, GB, List.of(same, other), GB, 0, GB);
    assertThat(EngineCheck.of(cluster(GB, GB), ENGINE)).isEmpty();
    assertThat(rows(EngineCheck.of(mixed, ENGINE)))
        .containsExactly(
            "ERROR | engine | executor 1 on old has onednn 3.11 (avx2, f32) | "
                + ENGINE
                + " everywhere, as on the driver | ONEDNN_MAX_CPU_ISA=AVX2 (say) in every machine's"
                + " environment, or train.engine = jvm, and the same Java options everywhere");
  }

  private static List<String> look(Schema schema, float[] features, float[] targets, float weight) {
    Samples samples = new Samples(schema, 1);
    samples.add(features, targets, weight);
    return rows(SampleCheck.of(samples, network(), NOTHING, "table"));
  }

  private static final Preparation NOTHING = Preparation.none(Shape.flat(2));

  private static Network network() {
    return new Network(List.of(new Affine(2, 3, true, Initializer.ZERO)));
  }

  @Test
  void findsLabelsOutOfTheirRange() {
    Samples samples = new Samples(new Schema(Shape.flat(2), false, 0, false), 2);
    samples.add(new float[] {1, 2}, 2);
    assertThat(SampleCheck.of(samples, network(), NOTHING, "table")).isEmpty();
    samples.add(new float[] {1, 2}, 3);
    assertThat(rows(SampleCheck.of(samples, network(), NOTHING, "table")))
        .containsExactly(
            "BAD_DATA | table | label 3 in sample 1 | labels from 0 to 2 | give the network's last"
                + " layer an output for each class");
    Samples unlabelled = new Samples(new Schema(Shape.flat(2), false, 0, false), 1);
    unlabelled.add(new float[] {1, 2}, Samples.UNLABELLED);
    assertThat(rows(SampleCheck.of(unlabelled, network(), NOTHING, "table")))
        .containsExactly(
            "BAD_DATA | table | label -1 in sample 0 | labels from 0 to 2 | give every sample a label");
  }

  @Test
  void findsNumbersThatCannotBeLearntFrom() {
    Schema schema = new Schema(Shape.flat(2), false, 3, true);
    float[] fine = {1, 2};
    float[] targets = {0, 1, 0};
    assertThat(look(schema, fine, targets, 1)).isEmpty();
    assertThat(look(schema, new float[] {1, Float.NaN}, targets, 1))
        .containsExactly(
            "BAD_DATA | table | feature 1 of sample 0 is NaN | finite numbers | clean or leave out such"
                + " samples, or fill them by data.prepare = fill");
    Samples missing = new Samples(schema, 1);
    missing.add(new float[] {1, Float.NaN}, targets, 1);
    Filling filling = new Filling(new Columns(Shape.flat(2), new int[] {1}), null);
    Preparation filled = new Preparation(Shape.flat(2), List.of(filling));
    assertThat(SampleCheck.of(missing, network(), filled, "table")).isEmpty();
    assertThat(look(schema, fine, new float[] {0, 0, Float.NEGATIVE_INFINITY}, 1))
        .containsExactly(
            "BAD_DATA | table | target 2 of sample 0 is -Infinity | finite numbers | clean or leave out"
                + " such samples");
    assertThat(look(schema, fine, targets, -1))
        .containsExactly(
            "BAD_DATA | table | the weight of sample 0 is -1.0 | finite weights of at least 0 | clean or"
                + " leave out such samples");
    assertThat(look(schema, new float[] {1, -2e5f}, targets, 1))
        .containsExactly(
            "WARNING | table | features up to 2.00e+05, in sample 0 | numbers around 1 | scale the"
                + " features, by data.prepare = standardize");
  }

  @Test
  void findsNoPlaceToWriteTo() throws IOException {
    Configuration hadoop = new Configuration();
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(OutputCheck.of(folder.resolve("a/b/run").toString(), 1, hadoop)).isEmpty();
    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(folder.toFile().list()).containsExactly("file");
    assertThat(rows(OutputCheck.of(file.resolve("run").toString(), 1, hadoop)))
        .singleElement()
        .asString()
        .startsWith("ERROR | run directory | ")
        .contains("file")
        .endsWith(
            " | a directory that can be written to: " + file.resolve("run") + " | -D run.dir=DIR");
    assertThat(rows(OutputCheck.of("nosuchscheme://x/run", 1, hadoop)))
        .singleElement()
        .asString()
        .contains("No FileSystem for scheme \"nosuchscheme\"");
    assertThat(rows(OutputCheck.of(folder.resolve("run").toString(), Long.MAX_VALUE, hadoop)))
        .singleElement()
        .asString()
        .startsWith("ERROR | free disk | ")
        .contains("GB for model and checkpoints")
        .endsWith(" | free some, or -D run.dir=DIR elsewhere");
  }

  @Test
  void findsFullDisksOfExecutors() {
    Machine full = new Machine("1", "old", 2, GB, 10 * MB, ENGINE);
    Cluster cluster = new Cluster(false, GB, List.of(machine("0", GB), full), GB, 0, GB);
    assertThat(OutputCheck.blocks(cluster, 10 * MB)).isEmpty();
    assertThat(rows(OutputCheck.blocks(cluster, 100 * MB)))
        .containsExactly(
            "ERROR | free disk of executor 1 on old | 10.0 MB | 50.0 MB for its part of the shuffled"
                + " data | --conf spark.local.dir=DIR elsewhere, or more executors");
  }
}
