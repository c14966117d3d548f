package dev.tributary.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A Python process that times PyTorch when it is asked to, and rests otherwise. */
final class PyTorch implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private final String python;
  private @Nullable String version;

  /**
   * Starts it; {@link #version} waits for it.
   *
   * @throws IOException if there is no such Python
   */
  PyTorch(String python, Path script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(python, script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    questions = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.python = python;
  }

  /**
   * What it says of itself when it is ready.
   *
   * @throws IOException if there is no such Python, or it has no PyTorch
   */
  String version() throws IOException {
    if (version == null) {
      version = answers.readLine();
    }
    if (version == null) {
      throw new IOException(
          "PyTorch did not start with "
              + python
              + "; install it with \"pip install torch\", or name"
              + " another Python with --python PATH");
    }
    return version;
  }

  /** Samples a second. */
  double measure(String name, int batch, String precision, String layout, double seconds)
      throws IOException {
    ask(String.format(Locale.ROOT, "%s %d %s %s %s", name, batch, precision, layout, seconds));
    String[] numbers = answer().split(" ", -1);
    return Double.parseDouble(numbers[0]) / Double.parseDouble(numbers[1]);
  }

  /** Asks for one thing. */
  void ask(String question) throws IOException {
    questions.write(question + "\n");
    questions.flush();
  }

  /** Waits for the answer. */
  String answer() throws IOException {
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("PyTorch stopped; its error is above");
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    questions.close();
    process.destroy();
  }
}
