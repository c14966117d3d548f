package dev.tributary.data.packed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.FeatureKind;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.TestSamples;
import dev.tributary.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed shards against {@link Shard#of}, which sorts in memory: the oracle. */
final class ShardPackerTest {
  private static final int SHARDS = 8;

  @TempDir private Path folder;

  static Samples samples(FeatureKind kind, int count, long seed) {
    if (kind == FeatureKind.PIXELS) {
      return TestSamples.of(Shape.image(4, 5, 1), 3, count, seed);
    }
    Samples samples = new Samples(new Schema(Shape.flat(30), kind, 2, true), 0);
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      float[] row = new float[30];
      for (int j = 0; j < 30; j++) {
        row[j] = random.nextInt(4) == 0 ? random.nextFloat() : 0;
      }
      samples.add(row, new float[] {i, 1}, 0.5f + i % 3, Samples.UNLABELLED);
    }
    return samples;
  }

  private List<ShardPacker.Packed> pack(Samples samples, int memory) throws IOException {
    return pack(samples, memory, folder);
  }

  static List<ShardPacker.Packed> pack(Samples samples, int memory, Path folder)
      throws IOException {
    int mostLabel = -1;
    for (int i = 0; i < samples.count(); i++) {
      mostLabel = Math.max(mostLabel, samples.label(i));
    }
    ShardPacker.Division division = new ShardPacker.Division(SHARDS, 3);
    try (ShardPacker packer =
        new ShardPacker(samples.schema(), mostLabel, division, 0, SHARDS, folder, memory)) {
      packer.add(samples);
      return packer.pack();
    }
  }

  private static List<String> fingerprints(List<Shard> shards) {
    return shards.stream().map(s -> TestSamples.fingerprint(s) + rest(s)).toList();
  }

  private static String rest(Shard shard) {
    StringBuilder rest = new StringBuilder(Long.toHexString(shard.fingerprint()));
    for (int i = 0; i < shard.samples().count(); i++) {
      rest.append(',').append(shard.samples().weight(i));
      for (int j = 0; j < shard.samples().schema().targets(); j++) {
        rest.append('/').append(shard.samples().target(i, j));
      }
    }
    return rest.toString();
  }

  @ParameterizedTest
  @EnumSource
  void mappedLoadedAndReadAreTheOracle(FeatureKind kind) throws IOException {
    Samples samples = samples(kind, 900, 5);
    List<String> expected = fingerprints(TestSamples.shards(samples, SHARDS, 3));
    List<Shard> mapped = new ArrayList<>();
    List<Shard> loaded = new ArrayList<>();
    List<Shard> read = new ArrayList<>();
    for (ShardPacker.Packed packed : pack(samples, 1 << 12)) {
      assertThat(Files.size(packed.path())).isEqualTo(packed.footer().fileBytes());
      mapped.add(PackedFile.map(packed.path()));
      try (PackedFile file = PackedFile.open(Bytes.of(packed.path()))) {
        file.verify();
        loaded.add(file.load());
        int count = file.footer().count();
        Samples all = new Samples(samples.schema(), 0);
        for (PackedFile.Reader r : List.of(file.reader(0, 31, 7), file.reader(31, count, 100))) {
          while (r.hasNext()) {
            Samples block = r.next();
            for (int i = 0; i < block.count(); i++) {
              all.add(block, i);
            }
          }
        }
        read.add(Shard.of(file.footer().shard(), SHARDS, 3, List.of(all)));
      }
    }
    assertThat(fingerprints(mapped)).isEqualTo(expected);
    assertThat(fingerprints(loaded)).isEqualTo(expected);
    assertThat(fingerprints(read)).isEqualTo(expected);
    assertThat(files()).isEqualTo(SHARDS);
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  /** From all in memory to one sample in memory, with merges of merges: the same bytes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 50, 3000, 1 << 20})
  void memoryDoesNotMatter(int memory) throws IOException {
    Samples samples = samples(FeatureKind.SPARSE, 700, 5);
    List<byte[]> expected = new ArrayList<>();
    for (ShardPacker.Packed packed : pack(samples, 1 << 22)) {
      expected.add(Files.readAllBytes(packed.path()));
    }
    List<ShardPacker.Packed> again = pack(samples, memory);
    for (int s = 0; s < SHARDS; s++) {
      assertThat(Files.readAllBytes(again.get(s).path())).isEqualTo(expected.get(s));
    }
  }

  @Test
  void copiesOfOneSampleAreKept() throws IOException {
    Samples few = samples(FeatureKind.FLOATS, 3, 5);
    Samples samples = new Samples(few.schema(), 0);
    for (int i = 0; i < 3000; i++) {
      samples.add(few, i % 3);
    }
    int count = pack(samples, 5000).stream().mapToInt(p -> p.footer().count()).sum();
    assertThat(count).isEqualTo(3000);
  }

  /** Beside pixels and numbers there is almost nothing. */
  @Test
  void filesAreNoLargerThanWhatIsInThem() throws IOException {
    Samples images = TestSamples.of(Shape.image(28, 28, 1), 10, 4000, 1);
    assertThat(bytes(images)).isLessThan(4000L * 784 * 102 / 100);
    Samples rows = new Samples(new Schema(Shape.flat(32), false, 0, false), 0);
    Random random = new Random(1);
    for (int i = 0; i < 4000; i++) {
      float[] row = new float[32];
      for (int j = 0; j < 32; j++) {
        row[j] = random.nextFloat();
      }
      rows.add(row, 0);
    }
    assertThat(bytes(rows)).isLessThan(4000L * 33 * 4 * 105 / 100);
  }

  private long bytes(Samples samples) throws IOException {
    return pack(samples, 1 << 20).stream().mapToLong(p -> p.footer().fileBytes()).sum();
  }

  @Test
  void whatIsLoadedTravelsAndWhatIsMappedDoesNot() throws IOException, ClassNotFoundException {
    Path path = pack(samples(FeatureKind.SPARSE, 100, 5), 1 << 20).get(0).path();
    Shard mapped = PackedFile.map(path);
    Shard loaded;
    try (PackedFile file = PackedFile.open(Bytes.of(path))) {
      loaded = file.load();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(loaded);
      Assertions.assertThatThrownBy(() -> out.writeObject(mapped))
          .isInstanceOf(NotSerializableException.class);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(fingerprints(List.of((Shard) in.readObject())))
          .isEqualTo(fingerprints(List.of(mapped)));
    }
  }
}
