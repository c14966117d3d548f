package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.spark.files.IdxFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * What has arrived in a folder. Files whose path has a part that begins with a dot or an underscore
 * are not there yet, by Hadoop's custom.
 */
public final class Arrivals {
  /**
   * What arrives together.
   *
   * @param name its path within the folder: {@code day=2026-11-23}; of IDX files up to their
   *     suffix, {@code day=2026-11-23/train}
   * @param location the same from the root
   * @param modified when its files were last changed, in ms since 1970, by their filesystem's clock
   */
  public record Arrival(String name, String location, long modified) {}

  private final String root;
  private final Map<String, Long> files;

  private Arrivals(String root, Map<String, Long> files) {
    this.root = root;
    this.files = files;
  }

  /**
   * What is in the folder and below it.
   *
   * @throws DataException if the folder is not there, or cannot be read
   */
  public static Arrivals in(String folder, Configuration hadoop) {
    Map<String, Long> found = new TreeMap<>();
    try {
      Path path = new Path(folder);
      FileSystem files = path.getFileSystem(hadoop);
      String root = files.makeQualified(path).toString();
      RemoteIterator<LocatedFileStatus> all = files.listFiles(path, true);
      while (all.hasNext()) {
        LocatedFileStatus file = all.next();
        String name = file.getPath().toString().substring(root.length() + 1);
        if (!name.matches("(.*/)?[._].*")) {
          found.put(name, file.getModificationTime());
        }
      }
      return new Arrivals(root, found);
    } catch (FileNotFoundException e) {
      throw new DataException(
          "no folder " + folder + "; retrain.data names the one in which data arrives", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  /** All whole pairs of IDX files, by name; images without labels are not there yet. */
  public List<Arrival> pairs() {
    Map<String, Long> images = new HashMap<>();
    Map<String, Long> labels = new HashMap<>();
    files.forEach(
        (name, time) -> {
          note(name, IdxFiles.IMAGES, time, images);
          note(name, IdxFiles.LABELS, time, labels);
        });
    List<Arrival> arrivals = new ArrayList<>();
    images.forEach(
        (name, time) -> {
          Long other = labels.get(name);
          if (other != null) {
            arrivals.add(arrival(name, Math.max(time, other)));
          }
        });
    arrivals.sort(Comparator.comparing(Arrival::name));
    return arrivals;
  }

  private static void note(String name, String suffix, long time, Map<String, Long> found) {
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (plain.endsWith(suffix)) {
      found.put(plain.substring(0, plain.length() - suffix.length()), time);
    }
  }

  /** All folders that hold files, and files that are in no folder of their own, by name. */
  public List<Arrival> folders() {
    Map<String, Long> folders = new TreeMap<>();
    files.forEach(
        (name, time) -> {
          int end = name.lastIndexOf('/');
          folders.merge(end < 0 ? name : name.substring(0, end), time, Math::max);
        });
    return folders.entrySet().stream().map(e -> arrival(e.getKey(), e.getValue())).toList();
  }

  /** All files, by name. */
  public List<Arrival> files() {
    return files.entrySet().stream().map(e -> arrival(e.getKey(), e.getValue())).toList();
  }

  private Arrival arrival(String name, long modified) {
    return new Arrival(name, root + "/" + name, modified);
  }
}
