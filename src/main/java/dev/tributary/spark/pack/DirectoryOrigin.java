package dev.tributary.spark.pack;

import dev.tributary.data.DataException;
import dev.tributary.data.Shard;
import dev.tributary.data.packed.PackedFile;
import dev.tributary.data.packed.PackedFooter;
import dev.tributary.format.HadoopBytes;
import dev.tributary.format.PackedDirectory;
import dev.tributary.format.PackedDirectory.ShardEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/** Shards that lie packed on a Hadoop filesystem: each is fetched once, and checked on the way. */
final class DirectoryOrigin implements ShardOrigin<Integer> {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> files = new ArrayList<>();
  private final ArrayList<ShardEntry> entries;
  private final int run;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final boolean inPlace;

  /**
   * Of a packed directory.
   *
   * @param run shards in a partition
   * @param inPlace whether a file of this machine is mapped where it is
   */
  DirectoryOrigin(
      PackedDirectory packed,
      int run,
      Broadcast<SerializableConfiguration> hadoop,
      boolean inPlace) {
    for (int s = 0; s < packed.shards().size(); s++) {
      files.add(packed.file(s));
    }
    this.entries = new ArrayList<>(packed.shards());
    this.run = run;
    this.hadoop = hadoop;
    this.inPlace = inPlace;
  }

  private PackedFile open(int shard) throws IOException {
    return open(files.get(shard), entries.get(shard), shard, hadoop.value());
  }

  /** Opens a shard's file, which must be the one that the directory tells of. */
  static PackedFile open(String name, ShardEntry entry, int shard, SerializableConfiguration hadoop)
      throws IOException {
    PackedFile file = PackedFile.open(HadoopBytes.open(name, hadoop.value()));
    PackedFooter footer = file.footer();
    if (footer.shard() != shard || !ShardEntry.of(footer).equals(entry)) {
      file.close();
      throw new DataException(
          name
              + " is not the file that "
              + PackedDirectory.DESCRIPTION
              + " tells of, but perhaps one of another packed directory; pack the data anew");
    }
    return file;
  }

  @Override
  public Iterator<Shard> load(int partition, Iterator<Integer> parts) {
    return IntStream.range(partition * run, (partition + 1) * run)
        .mapToObj(
            s -> {
              try (PackedFile file = open(s)) {
                return file.load();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .iterator();
  }

  @Override
  public List<Shard> map(int partition, Iterator<Integer> parts) throws IOException {
    try (LocalFolder folder = LocalFolder.create()) {
      List<Shard> shards = new ArrayList<>();
      for (int s = partition * run; s < (partition + 1) * run; s++) {
        Path there = inPlace ? ofThisMachine(s) : null;
        if (there != null) {
          try (PackedFile file = open(s)) {
            file.verify();
          }
          shards.add(PackedFile.map(there));
          continue;
        }
        Path local = folder.path().resolve("shard-" + s);
        try (PackedFile file = open(s);
            OutputStream out = Files.newOutputStream(local)) {
          file.copyTo(out);
        }
        shards.add(PackedFile.map(local));
        Files.deleteIfExists(local);
      }
      return shards;
    }
  }

  /** The path of a shard's file, if its filesystem is this machine's. */
  private @Nullable Path ofThisMachine(int shard) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(files.get(shard));
    FileSystem fileSystem = path.getFileSystem(hadoop.value().value());
    return fileSystem instanceof LocalFileSystem local ? local.pathToFile(path).toPath() : null;
  }
}
