package dev.tributary.data.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tributary.data.BadRowException;
import dev.tributary.data.DataException;
import dev.tributary.data.Mutations;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.TestIdx;
import dev.tributary.data.TestImages;
import dev.tributary.data.TestNpy;
import dev.tributary.data.image.Fit;
import dev.tributary.data.image.ImageDecoder;
import dev.tributary.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged data: 10,000 mutations of files of every format that has a reader here, each a function
 * of its number. None hangs, asks for much memory, or is read as what it is not: what formats with
 * checksums let pass is the whole file's content, and others must have the length that they say.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReaderMutationsTest {
  /** Bytes that reading one small file may take. */
  private static final long MOST = 192L << 20;

  private static final byte[] IMAGES = TestIdx.images(20, 6, 5);
  private static final byte[] LABELS =
      TestIdx.labels(IntStream.range(0, 20).map(i -> i % 10).toArray());
  private static final Shape SHAPE = Shape.image(13, 17, 3);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads a mutated file, and checks what it read. */
  private interface Reader {
    void read(byte[] mutated) throws IOException, BadRowException;
  }

  private void survive(byte[] whole, int count, int leastRefused, Reader reader) {
    int refused = 0;
    for (int seed = 0; seed < count; seed++) {
      byte[] mutated = Mutations.mutate(whole, seed, false);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        reader.read(mutated);
      } catch (DataException | BadRowException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      } catch (EOFException | ZipException e) {
        refused++;
      } catch (IOException | RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + " ends in " + e, e);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .as("bytes that seed %d took", seed)
          .isLessThan(MOST);
    }
    assertThat(refused).as("mutations that are refused").isGreaterThan(leastRefused);
  }

  private static Samples idx(byte[] images, byte[] labels) throws IOException {
    try (IdxReader reader =
        new IdxReader(
            "images",
            new ByteArrayInputStream(images),
            "labels",
            new ByteArrayInputStream(labels),
            10)) {
      Samples samples = reader.read(reader.count());
      reader.checkEnd();
      return samples;
    }
  }

  private static float[] values(Samples samples) {
    float[] values = new float[samples.count() * samples.shape().size()];
    for (int i = 0; i < samples.count(); i++) {
      samples.write(i, values, i * samples.shape().size());
    }
    return values;
  }

  @Test
  void idxImages() {
    survive(
        IMAGES,
        1500,
        500,
        bytes -> {
          Samples samples = idx(bytes, LABELS);
          assertThat(16 + 20 * samples.shape().size()).isEqualTo(bytes.length);
        });
  }

  @Test
  void idxLabels() {
    survive(
        LABELS,
        1000,
        500,
        bytes -> assertThat(8 + idx(IMAGES, bytes).count()).isEqualTo(bytes.length));
  }

  @Test
  void compressedIdxImages() throws IOException {
    float[] whole = values(idx(IMAGES, LABELS));
    survive(
        TestIdx.gzip(IMAGES),
        1500,
        1000,
        bytes -> assertThat(values(idx(bytes, LABELS))).isEqualTo(whole));
  }

  @Test
  void cifar() {
    byte[] file = new byte[4 * CifarReader.RECORD];
    new Random(1).nextBytes(file);
    for (int i = 0; i < 4; i++) {
      file[i * CifarReader.RECORD] = (byte) i;
    }
    survive(
        file,
        1000,
        300,
        bytes -> {
          long count = CifarReader.count("c.bin", bytes.length);
          Samples samples = new Samples(CifarReader.SCHEMA, 4);
          CifarReader reader = new CifarReader("c.bin", new ByteArrayInputStream(bytes), 0, 4);
          for (long i = 0; i < count; i++) {
            reader.next(samples);
          }
          reader.checkEnd();
          assertThat(samples.count() * CifarReader.RECORD).isEqualTo(bytes.length);
        });
  }

  private static NpyReader.Array array(String name, byte[] file) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
    NpyHeader header = NpyHeader.read(in, name);
    header.checkLength(name, file.length);
    return new NpyReader.Array(name, header, in);
  }

  private static void npy(byte[] features, byte[] labels) throws IOException, BadRowException {
    NpyReader.Array x = array("x.npy", features);
    NpyReader.Array y = array("y.npy", labels);
    if (x.header().rows() != 20 || y.header().rows() != 20) {
      throw new DataException("not a pair");
    }
    Schema schema = new Schema(Shape.flat(x.header().row().size()), false, 0, false);
    NpyReader reader = new NpyReader(x, y, new NpyReader.Target(schema, 10, new BitSet()), 0);
    Samples samples = new Samples(schema, 20);
    for (int i = 0; i < 20; i++) {
      reader.next(samples);
    }
    reader.checkEnd();
    for (float value : values(samples)) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void npyFeatures() {
    float[] values = new float[60];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 7f;
    }
    byte[] labels = TestNpy.longs("20,", new long[20]);
    survive(TestNpy.floats("20, 3", values), 1500, 500, bytes -> npy(bytes, labels));
  }

  @Test
  void npyLabels() {
    byte[] features = TestNpy.bytes("20, 3", new byte[60]);
    survive(TestNpy.longs("20,", new long[20]), 1000, 400, bytes -> npy(features, bytes));
  }

  @Test
  void pngs() throws BadRowException {
    ImageDecoder decoder = new ImageDecoder(SHAPE, Fit.STRETCH);
    byte[] pixels = TestImages.pixels(13, 17, 3);
    survive(
        TestImages.encode("png", pixels, 13, 17),
        1500,
        1300,
        bytes -> assertThat(decoder.decode(bytes)).isEqualTo(pixels));
  }

  @Test
  void jpegs() {
    ImageDecoder decoder = new ImageDecoder(SHAPE, Fit.CROP);
    survive(
        TestImages.encode("jpg", TestImages.pixels(40, 30, 3), 40, 30),
        500,
        100,
        bytes -> assertThat(decoder.decode(bytes)).hasSize(SHAPE.size()));
  }

  @Test
  void gifsAndBmps() {
    ImageDecoder decoder = new ImageDecoder(SHAPE, Fit.PAD);
    byte[] pixels = TestImages.pixels(12, 9, 3);
    for (String format : Arrays.asList("gif", "bmp")) {
      survive(
          TestImages.encode(format, pixels, 12, 9),
          250,
          20,
          bytes -> assertThat(decoder.decode(bytes)).hasSize(SHAPE.size()));
    }
  }
}
