package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs verbs in this JVM, in local mode, and keeps what they say. */
final class InProcess implements AutoCloseable {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final Map<String, String> settings = new TreeMap<>();
  private final Path folder;
  private final String job;
  private int runs;

  /**
   * Begins.
   *
   * @param folder for runs
   * @param job the job's text
   */
  InProcess(Path folder, String job) {
    this.folder = folder;
    this.job = job;
    set("spark.master", "local[2]");
    set("spark.ui.enabled", "false");
    set("spark.driver.host", "127.0.0.1");
    set("spark.driver.bindAddress", "127.0.0.1");
    set("spark.sql.shuffle.partitions", "2");
    PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
  }

  /** Sets one of Spark's settings until the end. */
  void set(String key, String value) {
    settings.put(key, value);
    System.setProperty(key, value);
  }

  /** What was said since {@link #forget}. */
  String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  void forget() {
    bytes.reset();
  }

  /** Runs a verb that ends with this code. */
  void run(int exitCode, String... arguments) {
    forget();
    assertThat(Main.run(arguments)).as(output()).isEqualTo(exitCode);
  }

  /** The job's file. */
  String job() throws IOException {
    return Files.writeString(folder.resolve("job.conf"), job).toString();
  }

  /** Trains the job with these keys; the run's directory. */
  Path train(int exitCode, String... keys) throws IOException {
    Path run = folder.resolve("run" + runs++);
    List<String> arguments = new ArrayList<>(List.of("train", job(), "-D", "run.dir=" + run));
    for (String key : keys) {
      arguments.addAll(List.of("-D", key));
    }
    run(exitCode, arguments.toArray(new String[0]));
    return run;
  }

  /** The hash of the weights that the job has with these keys. */
  String hash(String... keys) throws IOException {
    return json(train(0, keys).resolve("summary.json")).path("weights_sha256").asText();
  }

  static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Override
  public void close() {
    settings.keySet().forEach(System::clearProperty);
    System.setOut(realOut);
    System.setErr(realErr);
  }
}
