package dev.tributary.spark.pack;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.packed.Bytes;
import dev.tributary.data.packed.PackedFile;
import dev.tributary.data.packed.ShardPacker;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.packed.ShardPacker.Packed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import scala.Tuple2;

/**
 * The reduce side: packs the shards of a run out of what the shuffle brings, by an external sort.
 */
final class ShuffleOrigin implements ShardOrigin<Tuple2<Integer, Samples>> {
  private static final long serialVersionUID = 1L;

  /** The most bytes of samples that a task holds while it sorts. */
  private static final int SORTED_AT_ONCE = 64 << 20;

  private final Schema schema;
  private final int mostLabel;
  private final Division division;
  private final int run;

  /**
   * Of one division's runs.
   *
   * @param mostLabel the highest label of all
   * @param run shards in a partition
   */
  ShuffleOrigin(Schema schema, int mostLabel, Division division, int run) {
    this.schema = schema;
    this.mostLabel = mostLabel;
    this.division = division;
    this.run = run;
  }

  int run() {
    return run;
  }

  /** A share of a small heap is less. */
  private static int memory() {
    return (int) Math.min(SORTED_AT_ONCE, Runtime.getRuntime().maxMemory() / 32);
  }

  /** Packs a partition's shards into a folder. */
  List<Packed> pack(int partition, Iterator<Tuple2<Integer, Samples>> parts, LocalFolder folder)
      throws IOException {
    try (ShardPacker packer =
        new ShardPacker(
            schema, mostLabel, division, partition * run, run, folder.path(), memory())) {
      while (parts.hasNext()) {
        packer.add(parts.next()._2());
      }
      return packer.pack();
    }
  }

  @Override
  public List<Shard> map(int partition, Iterator<Tuple2<Integer, Samples>> parts)
      throws IOException {
    try (LocalFolder folder = LocalFolder.create()) {
      List<Shard> shards = new ArrayList<>();
      for (Packed packed : pack(partition, parts, folder)) {
        shards.add(PackedFile.map(packed.path()));
      }
      // The folder goes, the mapped files stay until nothing refers to them: no crash leaves any.
      return shards;
    }
  }

  @Override
  public Iterator<Shard> load(int partition, Iterator<Tuple2<Integer, Samples>> parts)
      throws IOException {
    LocalFolder folder = LocalFolder.create();
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              try {
                folder.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    Iterator<Packed> files = pack(partition, parts, folder).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return files.hasNext();
      }

      @Override
      public Shard next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Packed packed = files.next();
        try (PackedFile file = PackedFile.open(Bytes.of(packed.path()))) {
          Shard shard = file.load();
          Files.delete(packed.path());
          return shard;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
