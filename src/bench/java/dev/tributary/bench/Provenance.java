package dev.tributary.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.package$;

/** Under what a measurement was made. */
final class Provenance {
  private Provenance() {}

  /** Prints the command line, the machine and the versions. */
  static void print(PrintStream out, String command, String... arguments) {
    out.println("$ " + command + " " + String.join(" ", arguments));
    out.printf(
        "%s, %d cores; Java %s, Spark %s%n",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        package$.MODULE$.SPARK_VERSION());
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch", ""));
    } catch (IOException e) {
      return System.getProperty("os.arch", "");
    }
  }
}
