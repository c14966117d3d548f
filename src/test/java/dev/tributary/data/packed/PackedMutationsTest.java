package dev.tributary.data.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tributary.data.DataException;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.SampleSet;
import dev.tributary.data.Samples;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * 10,200 damaged packed files, each a function of its number, half of them with checksums that
 * match, as only malice makes them: refused by name, or read without harm.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PackedMutationsTest {
  private static final int EACH = 1700;

  /** Bytes that reading a file of a few kB may take. */
  private static final long MOST = 4 << 20;

  @TempDir private Path folder;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private byte[] whole(FeatureKind kind) throws IOException {
    Samples samples = ShardPackerTest.samples(kind, 200, 5);
    return Files.readAllBytes(ShardPackerTest.pack(samples, 1 << 16, folder).get(1).path());
  }

  /** Reads all that there is, in every way. */
  private static void readAll(byte[] bytes, Path file) throws IOException {
    Files.write(file, bytes);
    try (PackedFile packed = PackedFile.open(Bytes.of(file))) {
      packed.verify();
      readAll(packed.load().samples());
      PackedFile.Reader reader = packed.reader(0, packed.footer().count(), 64);
      while (reader.hasNext()) {
        readAll(reader.next());
      }
    }
  }

  private static void readAll(SampleSet samples) {
    int size = samples.shape().size();
    if (size > 1 << 16) {
      throw new DataException("samples of " + size + " are not those of the network");
    }
    float[] features = new float[size];
    float[] targets = new float[Math.min(1 << 16, samples.schema().targets())];
    for (int i = 0; i < samples.count(); i++) {
      samples.write(i, features, 0);
      if (targets.length > 0) {
        samples.writeTargets(i, targets, 0);
        samples.target(i, targets.length - 1);
      }
      assertThat(samples.label(i)).isGreaterThanOrEqualTo(Samples.UNLABELLED);
      samples.weight(i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedFilesAreRefused(FeatureKind kind) throws IOException {
    byte[] whole = whole(kind);
    Path file = folder.resolve("damaged-shard");
    readAll(whole, file);
    for (int seed = 0; seed < EACH; seed++) {
      byte[] mutated = mutate(whole, new Random(seed));
      if (Arrays.equals(mutated, whole)) {
        continue;
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(() -> readAll(mutated, file))
          .as("seed %d", seed)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("damaged-shard");
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .as("bytes that seed %d took", seed)
          .isLessThan(MOST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesMadeToDoDamageDoNone(FeatureKind kind) throws IOException {
    byte[] whole = whole(kind);
    Path file = folder.resolve("damaged-shard");
    readAll(repaired(whole.clone()), file);
    int refused = 0;
    for (int seed = 0; seed < EACH; seed++) {
      byte[] mutated = mutateInPlace(whole, new Random(seed));
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        readAll(mutated, file);
      } catch (DataException e) {
        refused++;
      } catch (IOException | RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + " ends in " + e, e);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .as("bytes that seed %d took", seed)
          .isLessThan(MOST);
    }
    assertThat(refused).isGreaterThan(EACH / 10);
  }

  private static byte[] mutate(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int at = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
    switch (random.nextInt(5)) {
      case 0 -> bytes = Arrays.copyOf(bytes, at);
      case 1 -> bytes = joined(bytes, at, to);
      case 2 -> bytes = joined(bytes, to, at);
      case 3 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      default -> Arrays.fill(bytes, at, to, (byte) (random.nextBoolean() ? 0xFF : 0));
    }
    return bytes;
  }

  /** The bytes before one place and those from another. */
  private static byte[] joined(byte[] a, int to, int from) {
    byte[] all = Arrays.copyOf(a, to + a.length - from);
    System.arraycopy(a, from, all, to, a.length - from);
    return all;
  }

  /** Other bytes, most often in the footer, the length kept and all checksums made to match. */
  private static byte[] mutateInPlace(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int times = 1 + random.nextInt(2); times > 0; times--) {
      int at =
          random.nextInt(3) == 0
              ? random.nextInt(bytes.length)
              : bytes.length - 1 - random.nextInt(PackedFooter.BYTES);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        default ->
            Arrays.fill(
                bytes,
                at & -4,
                Math.min(bytes.length, (at & -4) + 4),
                (byte) (random.nextBoolean() ? 0xFF : 0));
      }
    }
    return repaired(bytes);
  }

  /** Of a file of one block. */
  private static byte[] repaired(byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int table = bytes.length - PackedFooter.BYTES - Integer.BYTES;
    file.putInt(table, PackedFooter.crc(bytes, table));
    byte[] checksum = Arrays.copyOfRange(bytes, table, table + Integer.BYTES);
    byte[] footer = Arrays.copyOfRange(bytes, table + Integer.BYTES, bytes.length);
    ByteBuffer end = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN);
    // Behind magic, version, kind, rank, dimensions, …, fingerprint: see PackedFooter.toBytes.
    end.putInt(88, PackedFooter.crc(checksum, checksum.length));
    end.putInt(
        PackedFooter.BYTES - Integer.BYTES,
        PackedFooter.crc(footer, PackedFooter.BYTES - Integer.BYTES));
    System.arraycopy(footer, 0, bytes, table + Integer.BYTES, footer.length);
    return bytes;
  }
}
