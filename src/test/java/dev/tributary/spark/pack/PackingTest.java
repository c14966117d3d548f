package dev.tributary.spark.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.DataException;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.TestSamples;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.packed.Storage;
import dev.tributary.data.prepare.Moments;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.format.PackedDirectory;
import dev.tributary.spark.MemorySource;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkTest;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same shards from memory, disk and packed directories, as divided here and now: the oracle.
 */
final class PackingTest extends SparkTest {
  private static final Division DIVISION = new Division(16, 3);
  private static final Shape SHAPE = Shape.image(4, 5, 1);

  @TempDir private static Path localDirectory;
  @TempDir private Path folder;

  @Override
  public SparkConf conf() {
    return super.conf().set("spark.local.dir", localDirectory.toString());
  }

  private static Samples pixels(int count) {
    return TestSamples.of(SHAPE, 3, count, 5);
  }

  private static Samples rows(FeatureKind kind, int count) {
    Samples samples = new Samples(new Schema(Shape.flat(20), kind, 0, true), 0);
    Random random = new Random(3);
    for (int i = 0; i < count; i++) {
      float[] row = new float[20];
      for (int j = 0; j < 20; j++) {
        row[j] = random.nextInt(3) == 0 ? random.nextFloat() * 100 : 0;
      }
      samples.add(row, new float[0], 1 + i % 4, i % 300);
    }
    return samples;
  }

  private static Samples samples(FeatureKind kind) {
    return kind == FeatureKind.PIXELS ? pixels(900) : rows(kind, 900);
  }

  private static List<String> oracle(Samples samples, Division division) {
    return TestSamples.shards(samples, division.shards(), division.seed()).stream()
        .map(s -> TestSamples.fingerprint(s) + s.fingerprint())
        .toList();
  }

  private List<String> divided(
      SampleSource source, Division division, int partitions, Storage storage) {
    try (ShardedData data =
        ShardedData.of(jsc(), source, division, partitions, storage, PackObserver.NONE)) {
      assertThat(data.storage()).isEqualTo(storage);
      return data.shards().map(s -> TestSamples.fingerprint(s) + s.fingerprint()).collect();
    }
  }

  private PackedSource pack(Samples samples, String name) throws IOException {
    Path directory = folder.resolve(name);
    Files.createDirectories(directory);
    PackedDirectory packed =
        Packing.write(
            jsc(),
            new MemorySource(samples, 70),
            DIVISION,
            directory.toString(),
            Map.of("town", List.of("a", "b")),
            Map.of("source", "memory"),
            new Configuration(),
            PackObserver.NONE);
    PackedDirectory read = PackedDirectory.read(directory.toString(), new Configuration());
    assertThat(read.shards()).isEqualTo(packed.shards());
    assertThat(read.vocabulary()).isEqualTo(Map.of("town", List.of("a", "b")));
    return new PackedSource(read, new Configuration());
  }

  @ParameterizedTest
  @EnumSource
  void shardsAreTheSameFromEverywhere(FeatureKind kind) throws IOException {
    Samples samples = samples(kind);
    List<String> expected = oracle(samples, DIVISION);
    PackedSource packed = pack(samples, "packed");
    Division other = new Division(4, 9);
    List<String> expectedOther = oracle(samples, other);
    for (Storage storage : List.of(Storage.MEMORY, Storage.DISK)) {
      for (int partitions : new int[] {1, 4, 16}) {
        MemorySource source = new MemorySource(samples, 10 + partitions);
        assertThat(divided(source, DIVISION, partitions, storage)).isEqualTo(expected);
        assertThat(divided(packed, DIVISION, partitions, storage)).isEqualTo(expected);
      }
      assertThat(divided(packed, other, 2, storage)).isEqualTo(expectedOther);
    }
    assertThat(oursIn(localDirectory)).as("files left in Spark's local directories").isEmpty();
  }

  private static List<Path> oursIn(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(p -> root.relativize(p).toString().contains("tributary")).toList();
    }
  }

  /** What is packed twice, in other blocks, has the same bytes. */
  @Test
  void filesDoNotDependOnTheOrderOfReading() throws IOException {
    Samples samples = pixels(500);
    PackedDirectory one = pack(samples, "one").packed();
    PackedDirectory other = pack(TestSamples.shuffled(samples, 4), "other").packed();
    for (int s = 0; s < 16; s++) {
      assertThat(Path.of(one.file(s))).hasSameBinaryContentAs(Path.of(other.file(s)));
    }
  }

  @Test
  void statisticsAreThoseOfThePassThatTheySave() throws IOException {
    Samples samples = rows(FeatureKind.SPARSE, 700);
    Moments kept = pack(samples, "packed").packed().statistics();
    Moments counted =
        Moments.of(TestSamples.shards(samples, 16, 3), Preparation.none(Shape.flat(20)));
    assertThat(kept).usingRecursiveComparison().isEqualTo(counted);
  }

  @Test
  void tellsHowFarItIs() {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    try (ShardedData data =
        ShardedData.of(
            jsc(),
            new MemorySource(pixels(400), 50),
            DIVISION,
            4,
            Storage.DISK,
            (phase, rows, bytes, share) ->
                told.add(phase + " " + rows + " " + bytes + " " + share))) {
      assertThat(data.samples()).isEqualTo(400);
    }
    assertThat(told).contains("READ 400 9600 1.0");
  }

  @Test
  void damagedFilesAreNamedAndRefused() throws IOException {
    PackedSource packed = pack(pixels(300), "packed");
    Path file = Path.of(packed.packed().file(5));
    byte[] whole = Files.readAllBytes(file);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    byte[] flipped = whole.clone();
    flipped[100] ^= 1;
    Files.write(file, flipped);
    for (Storage storage : List.of(Storage.MEMORY, Storage.DISK)) {
      assertThatThrownBy(() -> divided(packed, DIVISION, 4, storage))
          .isInstanceOf(DataException.class)
          .hasMessageMatching(
              ".*shard-00005 is no packed shard that can be read: bytes 0 to [0-9,]+ do not match"
                  + " their checksum; it was damaged; fetch it again, or pack the data anew");
    }
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> divided(packed, DIVISION, 4, Storage.DISK))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("shard-00005")
        .hasMessageContaining("it was cut short or damaged");
    Files.copy(
        Path.of(packed.packed().file(6)), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> divided(packed, DIVISION, 4, Storage.DISK))
        .hasMessageContaining("is not the file that packed.json tells of");
    Files.delete(file);
    assertThatThrownBy(() -> divided(packed, DIVISION, 4, Storage.MEMORY))
        .hasMessageContaining("shard-00005 is missing");
  }

  @Test
  void aDamagedDescriptionIsRefused() throws IOException {
    PackedSource packed = pack(pixels(100), "packed");
    Path file = Path.of(packed.packed().directory(), PackedDirectory.DESCRIPTION);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    byte[] whole = Files.readAllBytes(file);
    String directory = packed.packed().directory();
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertThatThrownBy(() -> PackedDirectory.read(directory, new Configuration()))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("packed.json cannot be read");
    }
    Files.delete(file);
    assertThatThrownBy(() -> PackedDirectory.read(directory, new Configuration()))
        .hasMessage(
            directory + " is no packed data, as there is no packed.json in it; make it by pack");
  }
}
