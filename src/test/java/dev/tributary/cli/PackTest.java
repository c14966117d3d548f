package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packing and training as a user does: the same weights from packed data and without. */
final class PackTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1");

  private static final String JOB =
      """
      data {
        format = house_sales
        houses { train = 1200, test = 300 }
        prepare = standardize
        validation_share = 0.2
      }
      network {
        input = [7]
        layers = [{ type = affine, outputs = 8, initializer = he }, { type = relu },
          { type = affine, outputs = 2 }]
      }
      train { optimizer = { type = adam }, epochs = 2, batch = 64, shards = 8 }
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeEach
  void listen() throws IOException {
    SETTINGS.forEach(System::setProperty);
    PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    Files.writeString(folder.resolve("job.conf"), JOB);
  }

  @AfterEach
  void restore() {
    SETTINGS.keySet().forEach(System::clearProperty);
    System.setOut(realOut);
    System.setErr(realErr);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private int run(String verb, String... more) {
    List<String> arguments = new ArrayList<>(List.of(verb, folder.resolve("job.conf").toString()));
    arguments.addAll(List.of(more));
    return Main.run(arguments.toArray(String[]::new));
  }

  private String weights(String name, String... more) throws IOException {
    Path directory = folder.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("-D", "run.dir=" + directory));
    arguments.addAll(List.of(more));
    assertThat(run("train", arguments.toArray(String[]::new))).as(output()).isZero();
    return new ObjectMapper()
        .readTree(directory.resolve("summary.json").toFile())
        .get("weights_sha256")
        .asText();
  }

  @Test
  void theSameWeightsPackedOrNotInMemoryOrOnDisk() throws IOException {
    Path packed = folder.resolve("packed");
    assertThat(run("pack", "--output", packed.toString())).as(output()).isZero();
    assertThat(output())
        .containsPattern("train: [0-9]+ rows, [0-9,]+ bytes in 8 shards, [0-9.]+ s")
        .contains("validation: ", "test: 300 rows", "-D data.format=packed");
    TreeSet<String> weights = new TreeSet<>();
    weights.add(weights("plain", "-D", "data.storage=memory"));
    weights.add(weights("disk", "-D", "data.storage=disk", "-D", "train.partitions=8"));
    assertThat(output()).contains(" samples on disk: ");
    String[] format = {"-D", "data.format=packed", "-D", "data.train=" + packed};
    weights.add(weights("packed-auto", format));
    for (String storage : List.of("memory", "disk")) {
      for (int partitions : new int[] {1, 4}) {
        List<String> more = new ArrayList<>(List.of(format));
        more.addAll(List.of("-D", "data.storage=" + storage));
        more.addAll(List.of("-D", "train.partitions=" + partitions));
        weights.add(weights("run-" + storage + partitions, more.toArray(String[]::new)));
      }
    }
    assertThat(weights).hasSize(1);
    Main.run("evaluate", folder.resolve("packed-auto").toString(), "--data", packed + "/test");
    assertThat(output()).contains("samples        300");
    assertThat(
            Main.run("evaluate", folder.resolve("packed-auto").toString(), "--data", "" + packed))
        .isEqualTo(3);
    assertThat(output())
        .contains("holds the packed parts train, validation, test; name one, such as " + packed);
    assertThat(run("pack", "--output", packed.toString())).isEqualTo(2);
    assertThat(output()).contains("is there already; give --output another place, or delete it");
  }

  @Test
  void anotherSplitThanThePackedOneIsRefused() throws IOException {
    Path packed = folder.resolve("packed");
    assertThat(run("pack", "--output", packed.toString())).as(output()).isZero();
    assertThat(
            run(
                "train",
                "-D",
                "data.format=packed",
                "-D",
                "data.train=" + packed,
                "-D",
                "data.validation_share=0.3"))
        .isEqualTo(3);
    assertThat(output())
        .contains(
            "was packed with shares held out (validation 0.2, test 0.0, seed 1), but the job holds out"
                + " others (validation 0.3, test 0.0, seed 1)");
  }
}
