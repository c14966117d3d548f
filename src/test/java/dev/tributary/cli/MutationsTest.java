package dev.tributary.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tributary.data.DataException;
import dev.tributary.data.IdxReader;
import dev.tributary.data.Samples;
import dev.tributary.data.TestIdx;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelException;
import dev.tributary.format.RunDirectory;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.JobParser;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that were damaged, or made to do damage: 10,000 mutations, each a function of its number,
 * end in what they say or in a clear error, soon, and without asking for much memory.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MutationsTest {
  /** Bytes that reading one small file may take: twice the largest image that a header may say. */
  private static final long MOST = 192L << 20;

  private static final List<String> NUMBERS =
      List.of("-1", "0", "1", "65536", "2147483647", "4294967296", "9e18", "1e308", "NaN", "null");

  private static final String JOB =
      """
      name = small
      data.digits { train = 300, test = 100 }
      network {
        input = [28, 28, 1]
        layers = [
          { type = convolution, filters = 4, kernel = 5, stride = 2, padding = 1 }
          { type = batch_norm }
          { type = relu }
          { type = max_pool, kernel = 2 }
          { type = residual, layers = [{ type = convolution, filters = 4, kernel = 3, padding = same }] }
          { type = flatten }
          { type = dropout, probability = 0.1, name = flat }
          { type = affine, outputs = 10, from = [flat] }
        ]
      }
      train {
        optimizer = { type = adam, rate = 0.01 }
        schedule = [{ type = linear_warm_up, length = 2, unit = steps }, { type = cosine }]
        epochs = 2, batch = 32, shards = 4, stop { patience = 3 }
      }
      """;

  private static final byte[] LABELS =
      TestIdx.labels(IntStream.range(0, 20).map(i -> i % 10).toArray());

  @TempDir private Path folder;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads a mutated file. */
  private interface Reader {
    void read(byte[] mutated) throws IOException;
  }

  /** One mutation, or a few: bits, bytes, numbers, pieces left out, doubled or cut off. */
  private static byte[] mutate(byte[] whole, long seed, boolean isText) {
    Random random = new Random(seed);
    byte[] bytes = whole.clone();
    for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 0; times--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
      bytes =
          switch (random.nextInt(isText ? 8 : 6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> joined(bytes, 0, at, bytes, to, bytes.length);
            case 2 -> joined(bytes, 0, to, bytes, at, bytes.length);
            case 3 -> {
              bytes[at] = (byte) random.nextInt(256);
              yield bytes;
            }
            case 4 -> {
              Arrays.fill(
                  bytes, at, Math.min(to, at + 4), (byte) (random.nextBoolean() ? 0xFF : 0));
              yield bytes;
            }
            case 5 -> {
              bytes[at] ^= (byte) (1 << random.nextInt(8));
              yield bytes;
            }
            case 6 -> number(bytes, random);
            default -> {
              byte[] opened = "[{(\"".substring(random.nextInt(3)).repeat(300).getBytes(UTF_8);
              byte[] more = joined(bytes, 0, at, opened, 0, opened.length);
              yield joined(more, 0, more.length, bytes, at, bytes.length);
            }
          };
    }
    return bytes;
  }

  private static byte[] joined(byte[] a, int from, int to, byte[] b, int start, int end) {
    byte[] all = Arrays.copyOf(Arrays.copyOfRange(a, from, to), to - from + end - start);
    System.arraycopy(b, start, all, to - from, end - start);
    return all;
  }

  /** Another number in the place of one. */
  private static byte[] number(byte[] bytes, Random random) {
    String text = new String(bytes, ISO_8859_1);
    List<int[]> places =
        Pattern.compile("[0-9.]+")
            .matcher(text)
            .results()
            .map(m -> new int[] {m.start(), m.end()})
            .toList();
    if (places.isEmpty()) {
      return bytes;
    }
    int[] place = places.get(random.nextInt(places.size()));
    String other = NUMBERS.get(random.nextInt(NUMBERS.size()));
    return (text.substring(0, place[0]) + other + text.substring(place[1])).getBytes(ISO_8859_1);
  }

  private void survive(byte[] whole, int count, boolean isText, Reader reader) {
    int refused = 0;
    for (int seed = 0; seed < count; seed++) {
      byte[] mutated = mutate(whole, seed, isText);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        reader.read(mutated);
      } catch (JobException | ModelException | DataException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank().doesNotContain("Exception");
      } catch (EOFException | ZipException e) {
        refused++;
      } catch (IOException | RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + " ends in " + e, e);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .as("bytes that seed %d took", seed)
          .isLessThan(MOST);
    }
    assertThat(refused).as("mutations that are refused").isGreaterThan(count / 4);
  }

  @Test
  void jobFiles() {
    assertThat(JobParser.parse(JOB, "small.conf", "small", Map.of()).name()).isEqualTo("small");
    survive(
        JOB.getBytes(UTF_8),
        4000,
        true,
        bytes -> JobParser.parse(new String(bytes, UTF_8), "small.conf", "small", Map.of()));
  }

  private Path model() throws IOException {
    Job job = JobParser.parse(JOB, "small.conf", "small", Map.of());
    RunDirectory run = RunDirectory.open(folder.resolve("run").toString(), new Configuration());
    float[] values = job.model().network().initialValues(1);
    run.writeModel(
        new ModelDirectory(
            job.model().networkText(),
            job.model().lossText(),
            "[{\"type\":\"standardize\",\"mean\":[0.5],\"deviation\":[2]},"
                + "{\"type\":\"clip\",\"low\":-3,\"high\":3}]",
            values,
            Map.of("job", "small")));
    return folder.resolve("run/model");
  }

  @Test
  void modelDescriptions() throws IOException {
    Path model = model();
    mutateInPlace(model, model.resolve("model.json"), 2500, true);
  }

  @Test
  void weights() throws IOException {
    Path model = model();
    mutateInPlace(model, model.resolve("weights.bin"), 1500, false);
  }

  private void mutateInPlace(Path model, Path file, int count, boolean isText) throws IOException {
    Configuration hadoop = new Configuration();
    // Hadoop's own checksums would be the ones to refuse.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    SavedModel.read(model.toString(), hadoop);
    survive(
        Files.readAllBytes(file),
        count,
        isText,
        bytes -> {
          Files.write(file, bytes);
          SavedModel read = SavedModel.read(model.toString(), hadoop);
          assertThat(WeightsFile.sha256(read.weights())).hasSize(64);
        });
  }

  @Test
  void images() {
    survive(TestIdx.images(20, 6, 5), 1000, false, bytes -> read(bytes, LABELS));
  }

  @Test
  void labels() {
    survive(LABELS, 1000, false, bytes -> read(TestIdx.images(20, 6, 5), bytes));
  }

  private static void read(byte[] images, byte[] labels) throws IOException {
    try (IdxReader reader =
        new IdxReader(
            "images",
            new ByteArrayInputStream(images),
            "labels",
            new ByteArrayInputStream(labels))) {
      Samples samples = reader.read(reader.count(), 10);
      assertThat(samples.count()).isEqualTo(reader.count());
    }
  }
}
