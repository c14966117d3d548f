package dev.tributary.cli;

import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.JobParser;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads a job file from any Hadoop filesystem. */
final class JobFile {
  private JobFile() {}

  static Job read(String file, Map<String, String> overrides, Configuration hadoop) {
    return JobParser.parse(text(file, hadoop), file, baseName(file), overrides);
  }

  private static String text(String file, Configuration hadoop) {
    try {
      Path path = new Path(file);
      FileSystem files =
          path.toUri().getScheme() == null
              ? FileSystem.getLocal(hadoop)
              : path.getFileSystem(hadoop);
      try (InputStream in = files.open(path)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (FileNotFoundException e) {
      throw new JobException(
          "no job file " + file + "; the ones that come with Tributary are in jobs/", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new JobException("cannot read job file " + file + ": " + e.getMessage(), e);
    }
  }

  private static String baseName(String file) {
    String name = new Path(file).getName();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
