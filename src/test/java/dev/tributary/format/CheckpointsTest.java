package dev.tributary.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tributary.train.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint is read as it was written, or not at all. */
final class CheckpointsTest {
  @TempDir private Path folder;
  private final RawLocalFileSystem files = new RawLocalFileSystem();
  private final List<String> damaged = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    files.initialize(folder.toUri(), new Configuration());
  }

  private Checkpoints checkpoints(FileSystem system) {
    return new Checkpoints(system, new org.apache.hadoop.fs.Path(folder.toUri()));
  }

  private static Checkpoint checkpoint(long step) {
    Snapshot snapshot = new Snapshot();
    snapshot.put("step", step);
    snapshot.put("best", Double.NEGATIVE_INFINITY);
    snapshot.put("loss", 0.1 + step);
    snapshot.put("values", new float[] {step, Float.NaN, -0f});
    snapshot.put("none", new float[0]);
    return new Checkpoint(
        snapshot,
        new Checkpoint.Origin("a = 1", Map.of("data.train", "3 samples"), Map.of("java", "17")));
  }

  private static byte[] bytes(Checkpoint checkpoint) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CheckpointFile.write(checkpoint, out);
    return out.toByteArray();
  }

  private static Checkpoint read(byte[] bytes) throws IOException {
    return CheckpointFile.read(new ByteArrayInputStream(bytes), bytes.length);
  }

  private long newestStep() throws IOException {
    return checkpoints(files).newest(damaged::add).orElseThrow().snapshot().step();
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    Checkpoint written = checkpoint(7);
    Checkpoint read = read(bytes(written));
    assertThat(read.origin()).isEqualTo(written.origin());
    assertThat(read.snapshot().numbers()).isEqualTo(written.snapshot().numbers());
    assertThat(read.snapshot().arrays().get("values")).isEqualTo(new float[] {7, Float.NaN, -0f});
    assertThat(read.snapshot().arrays().get("none")).isEmpty();
  }

  @Test
  void keepsTheNewestAndTheBest() throws IOException {
    Checkpoints checkpoints = checkpoints(files);
    assertThat(checkpoints.newest(damaged::add)).isEmpty();
    checkpoints.write(checkpoint(1), true, 2);
    for (long step = 1; step <= 4; step++) {
      checkpoints.write(checkpoint(step), false, 2);
    }
    checkpoints.write(checkpoint(2), true, 2);
    try (var names = Files.list(folder)) {
      assertThat(names.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "best-000000000002.ckpt", "step-000000000003.ckpt", "step-000000000004.ckpt");
    }
    assertThat(newestStep()).isEqualTo(4);
  }

  /** A run that went back makes steps again: what it writes is newest, whatever its step. */
  @Test
  void afterGoingBackWhatIsWrittenLastIsTheNewest() throws IOException {
    Checkpoints checkpoints = checkpoints(files);
    for (long step : new long[] {10, 20, 30}) {
      checkpoints.write(checkpoint(step), false, 2);
    }
    checkpoints.write(checkpoint(20), false, 2);
    assertThat(names()).containsExactly("step-000000000020.2.ckpt", "step-000000000020.ckpt");
    assertThat(newestStep()).isEqualTo(20);
    checkpoints.write(checkpoint(20), false, 2);
    assertThat(names()).containsExactly("step-000000000020.2.ckpt", "step-000000000020.3.ckpt");
    checkpoints.write(checkpoint(5), false, 1);
    assertThat(names()).containsExactly("step-000000000005.ckpt");
  }

  private List<String> names() throws IOException {
    try (var names = Files.list(folder)) {
      return names.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  /** Every place, so every class of places: magic, length, header, arrays, checksum. */
  @Test
  void isNotReadWhenCutShortOrFlippedAnywhere() throws IOException {
    byte[] whole = bytes(checkpoint(7));
    for (int i = 0; i < whole.length; i++) {
      byte[] cut = Arrays.copyOf(whole, i);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      assertThatThrownBy(() -> read(flipped)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void isNotReadAfterTenThousandMutations() throws IOException {
    byte[] whole = bytes(checkpoint(7));
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      byte[] mutated = Arrays.copyOf(whole, whole.length + random.nextInt(3) * 5);
      for (int k = random.nextInt(8); k >= 0; k--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      if (!Arrays.equals(mutated, whole)) {
        assertThatThrownBy(() -> read(mutated)).isInstanceOf(IOException.class);
      }
    }
  }

  /**
   * Mutations by somebody who can compute a checksum: clear words or a checkpoint, and no more
   * memory than the file's own size asks for.
   */
  @Test
  void isReadWithinBoundsThoughItsChecksumHolds() throws Exception {
    byte[] whole = bytes(checkpoint(7));
    Random random = new Random(2);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] mutated = Arrays.copyOf(whole, whole.length - 32 + random.nextInt(3) * 5);
      for (int k = random.nextInt(4); k >= 0; k--) {
        String digits = "0123456789-e{}[]\":,.";
        mutated[random.nextInt(mutated.length)] =
            (byte)
                (random.nextBoolean()
                    ? digits.charAt(random.nextInt(digits.length()))
                    : random.nextInt(256));
      }
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(mutated);
      byte[] signed = Arrays.copyOf(mutated, mutated.length + 32);
      System.arraycopy(digest, 0, signed, mutated.length, 32);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        read(signed);
      } catch (IOException e) {
        refused++;
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2L << 20);
    }
    assertThat(refused).isBetween(5_000, 9_999);
  }

  @Test
  void theOneBeforeADamagedOneIsTaken() throws IOException {
    Checkpoints checkpoints = checkpoints(files);
    checkpoints.write(checkpoint(1), false, 3);
    checkpoints.write(checkpoint(2), false, 3);
    Path newest = folder.resolve("step-000000000002.ckpt");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 40] ^= 1;
    Files.write(newest, bytes);
    assertThat(newestStep()).isEqualTo(1);
    assertThat(damaged)
        .singleElement()
        .asString()
        .endsWith(
            "step-000000000002.ckpt is left out, as it is damaged: its content does not match its"
                + " SHA-256");
  }

  /** Killed at any change of the filesystem, it leaves the one before, or the new one. */
  @Test
  void aKilledWriterLeavesAWholeOne() throws IOException {
    checkpoints(files).write(checkpoint(1), false, 1);
    for (int changes = 1; changes < 9; changes++) {
      FailingFileSystem failing = new FailingFileSystem(files, changes);
      try {
        checkpoints(failing).write(checkpoint(1L + changes), false, 1);
      } catch (FailingFileSystem.Killed e) {
        assertThat(newestStep()).isLessThan(1L + changes);
        continue;
      }
      assertThat(newestStep()).isEqualTo(1L + changes);
    }
    assertThat(damaged).isEmpty();
  }

  /** A store whose rename is a copy, as object stores have it, killed in each part of a file. */
  @Test
  void aStoreThatCopiesIsSafe() throws IOException {
    checkpoints(files).write(checkpoint(1), false, 2);
    int length = bytes(checkpoint(2)).length;
    for (int bytes = length; bytes >= 0; bytes -= bytes > length - 40 || bytes < 16 ? 1 : 9) {
      ObjectStore store = new ObjectStore(files, bytes);
      assertThatThrownBy(() -> checkpoints(store).write(checkpoint(2), false, 2))
          .isInstanceOf(FailingFileSystem.Killed.class);
      damaged.clear();
      assertThat(newestStep()).isEqualTo(bytes < length ? 1 : 2);
      assertThat(damaged).hasSize(bytes < length ? 1 : 0);
      Files.delete(folder.resolve("step-000000000002.ckpt"));
    }
  }

  /** A rename that copies so many bytes, and then the process is dead. */
  private static final class ObjectStore extends FilterFileSystem {
    private final int bytes;
    private boolean isDead;

    ObjectStore(FileSystem files, int bytes) {
      super(files);
      this.bytes = bytes;
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      try (InputStream in = open(from);
          OutputStream out = create(to, true)) {
        out.write(in.readNBytes(bytes));
      }
      isDead = true;
      throw new FailingFileSystem.Killed();
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
      if (isDead) {
        throw new FailingFileSystem.Killed();
      }
      return super.delete(path, recursive);
    }
  }

  /** A full disk anywhere leaves the one before, and nothing that takes room. */
  @Test
  void aFullDiskLeavesTheOneBefore() throws IOException {
    checkpoints(files).write(checkpoint(1), false, 1);
    int length = bytes(checkpoint(2)).length;
    for (int room = 0; room < length; room += 5) {
      FullDisk full = new FullDisk(files, room);
      assertThatThrownBy(() -> checkpoints(full).write(checkpoint(2), false, 1))
          .isInstanceOf(IOException.class)
          .hasMessage("No space left on device");
      assertThat(names()).containsExactly("step-000000000001.ckpt");
    }
    checkpoints(new FullDisk(files, length)).write(checkpoint(2), false, 1);
    assertThat(names()).containsExactly("step-000000000002.ckpt");
  }
}
