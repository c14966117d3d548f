package dev.tributary.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.engine.TestEngines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.provider.Arguments;

/**
 * PyTorch's results, computed in double precision: a JSON file a case, {@code KIND-NAME.json}, in
 * the folder of the system property {@code golden.dir}. Tensors are PyTorch's (NCHW); ours are
 * NHWC.
 */
final class Golden {
  /**
   * How far our float32 may be from PyTorch's double, relative to the tensor's largest value: some
   * hundred roundings.
   */
  static final double TOLERANCE = 1e-5;

  private Golden() {}

  /** A case's file name and content. */
  record Case(String name, JsonNode json) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All cases of a kind, in the order of their names. */
  static List<Case> cases(String kind) {
    Path folder = Path.of(System.getProperty("golden.dir", "../shared/golden"));
    if (!Files.isDirectory(folder)) {
      Assumptions.abort(
          "PyTorch's results are not at " + folder.toAbsolutePath() + "; set -Dgolden.dir");
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Case> cases =
          files
              .filter(f -> f.getFileName().toString().startsWith(kind + "-"))
              .sorted()
              .map(Golden::read)
              .toList();
      assertThat(cases).as("cases of kind %s in %s", kind, folder).isNotEmpty();
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All cases of a kind, on every engine of this machine. */
  static Stream<Arguments> onEveryEngine(String kind) {
    List<Case> cases = cases(kind);
    return TestEngines.all().stream()
        .flatMap(engine -> cases.stream().map(golden -> Arguments.of(engine, golden)));
  }

  private static Case read(Path file) {
    try {
      String name = file.getFileName().toString().replace(".json", "");
      return new Case(name, new ObjectMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The values of a {@code {shape, data}} tensor or of a plain list, in PyTorch's order. */
  static double[] values(JsonNode tensor) {
    JsonNode data = tensor.isArray() ? tensor : tensor.get("data");
    double[] values = new double[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.get(i).asDouble();
    }
    return values;
  }

  static int[] shape(JsonNode tensor) {
    return ints(tensor.get("shape"));
  }

  static int[] ints(JsonNode list) {
    int[] ints = new int[list.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = list.get(i).asInt();
    }
    return ints;
  }

  /** A tensor's values in our order: four axes (a, b, c, d) become (a, c, d, b), others stay. */
  static double[] channelsLast(JsonNode tensor) {
    int[] s = shape(tensor);
    double[] from = values(tensor);
    if (s.length != 4) {
      return from;
    }
    double[] to = new double[from.length];
    int at = 0;
    for (int a = 0; a < s[0]; a++) {
      for (int c = 0; c < s[2]; c++) {
        for (int d = 0; d < s[3]; d++) {
          for (int b = 0; b < s[1]; b++) {
            to[at++] = from[((a * s[1] + b) * s[2] + c) * s[3] + d];
          }
        }
      }
    }
    return to;
  }

  static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * That ours are PyTorch's, within the tolerance; what is smaller than float32's smallest normal
   * number counts as 0.
   */
  static void assertClose(String what, float[] ours, double[] expected) {
    assertThat(ours).as(what).hasSize(expected.length);
    double largest = 0;
    for (double e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) ours[i])
          .as("%s, value %d, of a tensor up to %s", what, i, largest)
          .isCloseTo(
              expected[i],
              org.assertj.core.api.Assertions.within(
                  Math.max(TOLERANCE * largest, Float.MIN_NORMAL)));
    }
  }
}
