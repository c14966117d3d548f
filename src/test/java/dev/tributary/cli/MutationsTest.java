package dev.tributary.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tributary.data.DataException;
import dev.tributary.data.Mutations;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelException;
import dev.tributary.format.RunDirectory;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.JobParser;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Job files and models that were damaged, or made to do damage: 10,000 mutations, each a function
 * of its number, end in what they say or in a clear error, soon, and without asking for much
 * memory.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MutationsTest {
  /** Bytes that reading one small file may take: twice the largest image that a header may say. */
  private static final long MOST = 192L << 20;

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

  @TempDir private Path folder;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads a mutated file. */
  private interface Reader {
    void read(byte[] mutated) throws IOException;
  }

  private void survive(byte[] whole, int count, boolean isText, Reader reader) {
    int refused = 0;
    for (int seed = 0; seed < count; seed++) {
      byte[] mutated = Mutations.mutate(whole, seed, isText);
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
    mutateInPlace(model, model.resolve("model.json"), 3000, true);
  }

  @Test
  void weights() throws IOException {
    Path model = model();
    mutateInPlace(model, model.resolve("weights.bin"), 3000, false);
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
}
