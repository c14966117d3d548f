package dev.tributary.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a driver somewhere on a cluster ended, for who submitted it: of a driver's exit code Spark
 * passes on no more than that it is not 0. deploy/submit names a file ({@link #KEY}), the driver
 * writes it, and {@link #main} reads and removes it.
 */
final class Outcome {
  /** The setting that names the file. */
  static final String KEY = "spark.tributary.outcome";

  private static final Logger LOG = LoggerFactory.getLogger(Outcome.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private @Nullable String line;
  private @Nullable String error;

  /** Notes the line that a scheduler reads. */
  void say(String json) {
    line = json;
  }

  /** Notes what was said of a failure. */
  void fail(String message) {
    error = message;
  }

  /** Writes it where the submission asks for it, if it does. */
  void leave(int exitCode) {
    SparkConf conf = new SparkConf();
    if (!conf.contains(KEY)) {
      return;
    }
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("exit_code", exitCode);
    said.put("error", error);
    said.put("line", line);
    Path path = new Path(conf.get(KEY));
    Path aside = path.suffix(".new");
    try {
      FileSystem files = files(path, conf);
      try (OutputStream out = files.create(aside, true)) {
        out.write(JSON.writeValueAsBytes(said));
      }
      if (!files.rename(aside, path)) {
        throw new IOException("cannot rename " + aside + " to " + path);
      }
    } catch (IOException e) {
      LOG.warn("how this ended could not be noted in {}: {}", path, e.getMessage());
    }
  }

  private static FileSystem files(Path path, SparkConf conf) throws IOException {
    return path.getFileSystem(SparkHadoopUtil.get().newConfiguration(conf));
  }

  /** Added to a driver's exit code, so that it cannot be taken for this JVM's own failure. */
  private static final int READ = 100;

  /**
   * Says what a driver said last, its line on stdout and its failure on stderr, and exits with its
   * exit code and 100; with less if it left no word.
   *
   * @param args the file
   */
  public static void main(String[] args) {
    try {
      System.exit(READ + read(new Path(args[0])));
    } catch (FileNotFoundException e) {
      System.exit(2);
    } catch (IOException e) {
      System.err.println("cannot read " + args[0] + ": " + e.getMessage());
      System.exit(2);
    }
  }

  private static int read(Path path) throws IOException {
    FileSystem files = files(path, new SparkConf());
    JsonNode said;
    try (InputStream in = files.open(path)) {
      said = JSON.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    files.delete(path, false);
    if (said.path("line").isTextual()) {
      System.out.println(said.path("line").asText());
    }
    if (said.path("error").isTextual()) {
      System.err.println(said.path("error").asText());
    }
    return said.path("exit_code").asInt(1);
  }
}
