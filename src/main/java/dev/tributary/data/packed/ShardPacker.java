package dev.tributary.data.packed;

import dev.tributary.data.ContentHash;
import dev.tributary.data.Fingerprint;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the files of an aligned run of shards out of their samples, in any order, in bounded
 * memory. A shard's number is the first bits of its samples' hashes, so one sort by hash puts all
 * shards of the run one behind the other.
 *
 * <p>The files are a function of the samples, the division and {@code labelBytes} alone.
 */
public final class ShardPacker implements Closeable {
  /**
   * Into which shards.
   *
   * @param shards of the whole data set: a power of two
   * @param seed that divides and orders
   */
  public record Division(int shards, long seed) implements java.io.Serializable {}

  /** A packed file, and what is in it. */
  public record Packed(Path path, PackedFooter footer) {}

  private final Schema schema;
  private final int labelBytes;
  private final Division division;
  private final int first;
  private final int run;
  private final Path folder;
  private final SampleSorter sorter;

  /**
   * Of shards {@code first … first + run − 1}.
   *
   * @param mostLabel the highest label among the samples, at least
   * @param folder for its files
   * @param memoryBytes of samples held at once
   */
  public ShardPacker(
      Schema schema,
      int mostLabel,
      Division division,
      int first,
      int run,
      Path folder,
      int memoryBytes) {
    this.schema = schema;
    this.labelBytes = PackedFooter.labelBytes(schema, mostLabel);
    this.division = division;
    this.first = first;
    this.run = run;
    this.folder = folder;
    this.sorter = new SampleSorter(schema, division.seed(), folder, memoryBytes);
  }

  /** Adds samples of these shards. */
  public void add(Samples samples) throws IOException {
    sorter.add(samples);
  }

  /** Writes the shards' files, the empty ones' too: {@code shard-00000} and so on. */
  public List<Packed> pack() throws IOException {
    try (Files files = new Files()) {
      sorter.drainTo(files);
      files.finishUpTo(first + run);
      return files.done;
    }
  }

  /** One file after the other. */
  private final class Files implements SortedSamples, Closeable {
    private final List<Packed> done = new ArrayList<>();
    private Fingerprint fingerprint = new Fingerprint();
    private Path path = path(first);
    private PackedWriter writer = new PackedWriter(path, schema, labelBytes);

    Files() throws IOException {}

    private Path path(int shard) {
      return folder.resolve(fileName(shard));
    }

    @Override
    public void accept(ContentHash hash, byte[] content, int from, int length, int label)
        throws IOException {
      int shard = hash.shard(division.shards());
      if (shard < first + done.size() || shard >= first + run) {
        throw new IllegalStateException("shard " + shard + " among those from " + first);
      }
      finishUpTo(shard);
      writer.add(content, from, length, label);
      fingerprint.add(hash);
    }

    /** Finishes the files of all shards before this one, and begins its own. */
    void finishUpTo(int shard) throws IOException {
      while (first + done.size() < shard) {
        int number = first + done.size();
        PackedFooter footer =
            writer.finish(number, division.shards(), division.seed(), fingerprint.of(number));
        writer.close();
        done.add(new Packed(path, footer));
        if (number + 1 < first + run) {
          fingerprint = new Fingerprint();
          path = path(number + 1);
          writer = new PackedWriter(path, schema, labelBytes);
        }
      }
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  /** The name of a shard's file. */
  public static String fileName(int shard) {
    return String.format("shard-%05d", shard);
  }

  @Override
  public void close() throws IOException {
    sorter.close();
  }
}
