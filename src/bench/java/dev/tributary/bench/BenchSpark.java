package dev.tributary.bench;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** Spark with Tributary's own settings, {@code conf/spark-defaults.conf}, and this class path. */
final class BenchSpark {
  private BenchSpark() {}

  /**
   * Starts it, at loopback.
   *
   * @param cluster a file of further settings, such as deploy/standalone/start leaves; or null
   */
  static JavaSparkContext start(String master, @Nullable Path cluster, Map<String, String> more) {
    SparkConf conf =
        new SparkConf(false)
            .setMaster(master)
            .setAppName("bench")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.extraClassPath", classPath())
            .set(
                "spark.executor.extraJavaOptions",
                System.getProperty("tributary.jvm.flags", "") + " -XX:+UseParallelGC");
    read(Path.of("conf/spark-defaults.conf"), conf);
    if (cluster != null) {
      read(cluster, conf);
    }
    more.forEach(conf::set);
    return new JavaSparkContext(conf);
  }

  /** This JVM's, with whole paths, as executors have folders of their own. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
        .map(entry -> new File(entry).getAbsolutePath())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void read(Path file, SparkConf conf) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    properties.forEach((key, value) -> conf.set((String) key, (String) value));
  }
}
