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
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** What has arrived in a folder, as pairs of IDX files in folders of their own. */
public final class Arrivals {
  /**
   * A pair of IDX files.
   *
   * @param name its path within the folder, up to the files' suffix: {@code day=2026-11-23/train}
   * @param prefix the same from the root, as {@link Sources#idx} wants it
   * @param modified when its files were last changed, in ms since 1970
   */
  public record Arrival(String name, String prefix, long modified) {}

  private Arrivals() {}

  /**
   * All whole pairs, by name. Files whose path has a part that begins with a dot or an underscore
   * are not there yet, by Hadoop's custom, nor are images without labels.
   *
   * @throws DataException if the folder is not there, or cannot be read
   */
  public static List<Arrival> in(String folder, Configuration hadoop) {
    Map<String, Long> images = new HashMap<>();
    Map<String, Long> labels = new HashMap<>();
    String root;
    try {
      Path path = new Path(folder);
      FileSystem files = path.getFileSystem(hadoop);
      root = files.makeQualified(path).toString();
      RemoteIterator<LocatedFileStatus> all = files.listFiles(path, true);
      while (all.hasNext()) {
        LocatedFileStatus file = all.next();
        String name = file.getPath().toString().substring(root.length() + 1);
        if (!name.matches("(.*/)?[._].*")) {
          note(name, IdxFiles.IMAGES, file.getModificationTime(), images);
          note(name, IdxFiles.LABELS, file.getModificationTime(), labels);
        }
      }
    } catch (FileNotFoundException e) {
      throw new DataException(
          "no folder " + folder + "; retrain.data names the one in which data arrives", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("cannot list " + folder + ": " + e.getMessage(), e);
    }
    List<Arrival> arrivals = new ArrayList<>();
    images.forEach(
        (name, time) -> {
          Long other = labels.get(name);
          if (other != null) {
            arrivals.add(new Arrival(name, root + "/" + name, Math.max(time, other)));
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
}
