package dev.tributary.spark.pack;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.packed.PackedFile;
import dev.tributary.data.packed.ShardPacker;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.packed.ShardPacker.Packed;
import dev.tributary.data.prepare.Columns;
import dev.tributary.data.prepare.Moments;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.format.PackedDirectory;
import dev.tributary.format.PackedDirectory.ShardEntry;
import dev.tributary.spark.Failures;
import dev.tributary.spark.SampleSource;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Writes a source as a packed directory: one pass, after which each task makes the files of some
 * shards on its own disk, counts what preparations ask for, and copies them to their place under a
 * name of its own. The driver renames those of the tasks that counted, and writes what the
 * directory holds last; so a directory is whole or is none, whatever was tried again.
 */
public final class Packing {
  /** Tasks that write; more would not make a task's sort cheaper. */
  private static final int MOST_TASKS = 256;

  /**
   * What a task has written.
   *
   * @param attempt its number, in the files' names
   * @param entries of its shards
   * @param statistics of their columns; null if there are too many
   */
  private record Written(long attempt, ArrayList<ShardEntry> entries, @Nullable Moments statistics)
      implements Serializable {}

  private Packing() {}

  /**
   * Packs a source.
   *
   * @param directory where; it must be there and hold nothing
   * @param vocabulary the source's categories
   * @param provenance where it comes from
   * @return what the directory holds
   * @throws dev.tributary.data.DataException if the source is empty, or gives what it should not
   */
  public static PackedDirectory write(
      JavaSparkContext spark,
      SampleSource source,
      Division division,
      String directory,
      Map<String, List<String>> vocabulary,
      Map<String, String> provenance,
      Configuration hadoop,
      PackObserver observer)
      throws IOException {
    int tasks = Math.min(division.shards(), MOST_TASKS);
    Pass pass = Pass.over(spark, source, division, tasks, observer);
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(hadoop));
    Counts counts = new Counts();
    spark.sc().register(counts, "samples written");
    ShuffleOrigin origin = pass.origin();
    List<Written> written;
    PackListener listener =
        PackListener.follow(
            spark, observer, PackObserver.Phase.WRITE, counts, pass.counted().rows());
    try {
      written =
          Failures.ofData(
              () ->
                  pass.parts()
                      .toJavaRDD()
                      .mapPartitionsWithIndex(
                          (p, parts) -> write(p, parts, origin, directory, conf, counts), false)
                      .collect());
    } finally {
      listener.close();
      conf.destroy();
    }
    return finish(written, source, division, directory, vocabulary, provenance, hadoop);
  }

  private static PackedDirectory finish(
      List<Written> written,
      SampleSource source,
      Division division,
      String directory,
      Map<String, List<String>> vocabulary,
      Map<String, String> provenance,
      Configuration hadoop)
      throws IOException {
    FileSystem files = new Path(directory).getFileSystem(hadoop);
    List<ShardEntry> entries = new ArrayList<>();
    List<Moments> statistics = new ArrayList<>();
    for (Written task : written) {
      for (ShardEntry entry : task.entries) {
        String name = ShardPacker.fileName(entries.size());
        Path aside = new Path(directory, aside(name, task.attempt));
        if (!files.rename(aside, new Path(directory, name))) {
          throw new IOException("cannot rename " + aside + " to " + name);
        }
        entries.add(entry);
      }
      if (task.statistics != null) {
        statistics.add(task.statistics);
      }
    }
    for (var left : files.listStatus(new Path(directory))) {
      if (left.getPath().getName().startsWith("_")) {
        // Of an attempt that another outran.
        files.delete(left.getPath(), false);
      }
    }
    PackedDirectory packed =
        new PackedDirectory(
            directory,
            source.schema(),
            division,
            entries,
            vocabulary,
            statistics.isEmpty() ? null : Moments.join(statistics),
            provenance);
    packed.write(hadoop);
    return packed;
  }

  /** By Hadoop's custom, what begins with an underscore is not there yet. */
  private static String aside(String name, long attempt) {
    return "_" + name + "." + attempt;
  }

  private static Iterator<Written> write(
      int partition,
      Iterator<Tuple2<Integer, Samples>> parts,
      ShuffleOrigin origin,
      String directory,
      Broadcast<SerializableConfiguration> hadoop,
      Counts counts)
      throws IOException {
    long attempt = TaskContext.get().taskAttemptId();
    try (LocalFolder folder = LocalFolder.create()) {
      List<Packed> packed = origin.pack(partition, parts, folder);
      Moments statistics = statistics(packed);
      FileSystem files = new Path(directory).getFileSystem(hadoop.value().value());
      ArrayList<ShardEntry> entries = new ArrayList<>();
      long rows = 0;
      long bytes = 0;
      for (Packed file : packed) {
        String name = aside(file.path().getFileName().toString(), attempt);
        try (InputStream in = Files.newInputStream(file.path());
            OutputStream out = files.create(new Path(directory, name), true)) {
          in.transferTo(out);
        }
        Files.delete(file.path());
        entries.add(ShardEntry.of(file.footer()));
        rows += file.footer().count();
        bytes += file.footer().fileBytes();
        counts.add(new Counts.Part(partition, rows, bytes, -1));
      }
      return List.of(new Written(attempt, entries, statistics)).iterator();
    }
  }

  private static @Nullable Moments statistics(List<Packed> packed) throws IOException {
    Shape shape = packed.get(0).footer().schema().shape();
    if (Columns.count(shape) > PackedDirectory.MOST_COLUMNS) {
      return null;
    }
    List<Shard> shards = new ArrayList<>();
    for (Packed file : packed) {
      shards.add(PackedFile.map(file.path()));
    }
    return Moments.of(shards, Preparation.none(shape));
  }
}
