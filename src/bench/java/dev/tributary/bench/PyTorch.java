package dev.tributary.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** A Python process that times PyTorch when it is asked to, and rests otherwise. */
final class PyTorch implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private final String version;

  /**
   * Starts it.
   *
   * @throws IOException if there is no such Python, or it has no PyTorch
   */
  PyTorch(String python, Path script) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(python, script.toString());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    questions = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    String first = answers.readLine();
    if (first == null) {
      throw new IOException(
          "PyTorch did not start with "
              + python
              + "; install it with \"pip install torch\", or name"
              + " another Python with --python PATH");
    }
    version = first;
  }

  String version() {
    return version;
  }

  /** Samples a second. */
  double measure(String name, int batch, String precision, String layout, double seconds)
      throws IOException {
    questions.write(
        String.format(Locale.ROOT, "%s %d %s %s %s%n", name, batch, precision, layout, seconds));
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("PyTorch stopped at " + name + "; its error is above");
    }
    String[] numbers = answer.split(" ", -1);
    return Double.parseDouble(numbers[0]) / Double.parseDouble(numbers[1]);
  }

  @Override
  public void close() throws IOException {
    questions.close();
    process.destroy();
  }
}
