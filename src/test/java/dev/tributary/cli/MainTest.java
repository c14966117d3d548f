package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.tributary.data.TestIdx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.spark.SparkContext$;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verbs as a user types them: what is refused, with which code and words, before Spark starts. */
final class MainTest {
  private static final String NETWORK =
      """
      network { input = [2, 2, 1], layers = [{type = flatten}, {type = affine, outputs = 3}] }
      train { optimizer = {type = sgd, rate = 0.1}, epochs = 1, batch = 2, shards = 2 }
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeEach
  void capture() {
    PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
  }

  @AfterEach
  void release() {
    System.setOut(realOut);
    System.setErr(realErr);
    assertThat(SparkContext$.MODULE$.getActive().isEmpty()).as("Spark was not started").isTrue();
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String lastLine() {
    return output().lines().reduce((a, b) -> b).orElse("");
  }

  private String job(String more) throws IOException {
    return Files.writeString(folder.resolve("my.conf"), NETWORK + more).toString();
  }

  private String idx(byte[] images, byte[] labels) throws IOException {
    Files.write(folder.resolve("a-images-idx3-ubyte"), images);
    Files.write(folder.resolve("a-labels-idx1-ubyte"), labels);
    return folder.resolve("a").toString();
  }

  private int train(String data) throws IOException {
    return Main.run(
        "train",
        job(""),
        "-D",
        "data.format=idx",
        "-D",
        "data.train=" + data,
        "-D",
        "run.dir=" + folder.resolve("run"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "evaluate", "predict", "inspect", "gradcheck"})
  void everyVerbHasHelp(String verb) {
    assertThat(Main.run(verb, "--help")).isZero();
    assertThat(output()).contains("Usage: tributary " + verb).contains("Examples:");
  }

  @Test
  void refusesUnknownVerbsAndOptions() {
    assertThat(Main.run("trian")).isEqualTo(2);
    assertThat(output()).contains("trian").contains("train");
    assertThat(Main.run("train")).isEqualTo(2);
    assertThat(Main.run("train", "a.conf", "--epochs", "3")).isEqualTo(2);
    assertThat(Main.run("predict", "run")).isEqualTo(2);
    assertThat(output()).contains("--output");
  }

  @Test
  void checksGradientsWithoutSpark() throws IOException {
    assertThat(
            Main.run(
                "gradcheck", job(""), "--weights", "5", "--samples", "2", "-D", "train.engine=jvm"))
        .as(output())
        .isZero();
    assertThat(output())
        .contains("my: gradients of softmax_cross_entropy on 2 random samples; engine jvm")
        .containsPattern(" 1  affine 4 -> 3 +x +5 +0 ")
        .containsPattern(" 1  affine 4 -> 3 +weight +5 +0 ")
        .containsPattern(" 1  affine 4 -> 3 +bias +3 +0 .* bias\\[[0-2]]")
        .containsPattern(" 2  softmax_cross_entropy +prediction +5 +0 ");
    assertThat(lastLine())
        .isEqualTo(
            "gradients agree: 18 checked, formulas within 1e-06 and engine jvm within 1e-03 of the"
                + " largest; 0 passed over for a kink");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "softmax_cross_entropy",
        "sigmoid_cross_entropy",
        "squared_error",
        "absolute_error",
        "huber",
        "multiclass_hinge"
      })
  void checksGradientsOfEveryLossWithOneOutputToo(String loss) throws IOException {
    String lossKey = "train.loss=" + loss;
    assertThat(Main.run("gradcheck", job(""), "-D", lossKey)).as(output()).isZero();
    String one = "network.layers=[{type = flatten}, {type = affine, outputs = 1}]";
    assertThat(Main.run("gradcheck", job(""), "-D", lossKey, "-D", one)).as(output()).isZero();
  }

  @Test
  void countsKinksAndSaysSo() throws IOException {
    String zeros =
        "network.layers=[{type = flatten}, {type = affine, outputs = 5, initializer = zero}, {type ="
            + " relu}, {type = affine, outputs = 3}]";
    assertThat(Main.run("gradcheck", job(""), "-D", zeros)).as(output()).isZero();
    assertThat(output()).containsPattern("affine 4 -> 5 +bias +0 +5 .*not judged: too many kinks");
    assertThat(lastLine())
        .contains(" passed over for a kink; ")
        .endsWith(" not judged, as more than 50% of what was tried there are kinks");
  }

  @Test
  void refusesNumbersThatCheckNothing() throws IOException {
    assertThat(Main.run("gradcheck", job(""), "--weights", "0")).isEqualTo(2);
    assertThat(output()).contains("--weights must be at least 1, not 0");
    assertThat(Main.run("gradcheck", job(""), "--samples", "-1")).isEqualTo(2);
    assertThat(output()).contains("--samples must be at least 1, not -1");
  }

  @Test
  void refusesAMissingJobFile() {
    assertThat(Main.run("train", "nowhere.conf")).isEqualTo(2);
    assertThat(lastLine())
        .isEqualTo(
            "tributary: no job file nowhere.conf; the ones that come with Tributary are in jobs/");
  }

  @Test
  void refusesAnUnknownKey() throws IOException {
    assertThat(Main.run("train", job("train.epoch = 3"))).isEqualTo(2);
    assertThat(lastLine())
        .isEqualTo(
            "tributary: "
                + folder.resolve("my.conf")
                + ": 3: unknown key train.epoch; did you mean train.epochs?");
  }

  @Test
  void refusesMissingData() throws IOException {
    assertThat(train(folder.resolve("none").toString())).isEqualTo(3);
    assertThat(lastLine())
        .startsWith("tributary: no file " + folder.resolve("none") + "-images-idx3-ubyte or ")
        .endsWith(
            "the data is named by what comes before \"-images-idx3-ubyte\", such as DIR/train or"
                + " DIR/t10k");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesAWrongMagicAndDifferentCounts() throws IOException {
    assertThat(train(idx(TestIdx.labels(1, 2), TestIdx.labels(1, 2)))).isEqualTo(3);
    assertThat(lastLine()).contains("a-images-idx3-ubyte: starts with 0x00000801");
    assertThat(train(idx(TestIdx.images(3, 2, 2), TestIdx.labels(1, 2)))).isEqualTo(3);
    assertThat(lastLine()).contains("holds 3 images but").contains("holds 2 labels");
    byte[] cut = Arrays.copyOf(TestIdx.images(3, 2, 2), 9);
    assertThat(train(idx(cut, TestIdx.labels(1, 2, 0)))).isEqualTo(3);
    assertThat(lastLine()).contains("ends within its header");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesDataOfAnotherShape() throws IOException {
    assertThat(train(idx(TestIdx.images(2, 4, 5), TestIdx.labels(1, 2)))).isEqualTo(3);
    assertThat(lastLine())
        .endsWith(
            "holds samples of 4x5x1, but the network reads 2x2x1; set network.input to the data's"
                + " shape");
  }

  @Test
  void refusesEmptyData() throws IOException {
    assertThat(train(idx(TestIdx.images(0, 2, 2), TestIdx.labels()))).isEqualTo(3);
    assertThat(lastLine()).endsWith("a-images-idx3-ubyte holds no samples; there is nothing to do");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesADirectoryThatHoldsARun() throws IOException {
    Path run = Files.createDirectories(folder.resolve("run"));
    Files.writeString(run.resolve("summary.json"), "{}");
    assertThat(train(idx(TestIdx.images(2, 2, 2), TestIdx.labels(1, 2)))).isEqualTo(2);
    assertThat(lastLine())
        .isEqualTo(
            "tributary: "
                + run
                + " already holds a finished run; nothing was written. Choose another with -D"
                + " run.dir=DIR, or remove it");
    assertThat(run.resolve("summary.json")).hasContent("{}");
    assertThat(run.toFile().list()).hasSize(1);
  }

  @Test
  void refusesAModelThatIsNoneOrDamaged() throws IOException {
    assertThat(Main.run("evaluate", folder.toString())).isEqualTo(3);
    assertThat(lastLine())
        .isEqualTo(
            "tributary: "
                + folder
                + " is not a run or model directory that can be read: no model.json in it or in its"
                + " model/");
    Files.writeString(
        folder.resolve("model.json"),
        "{\"format\": \"tributary-model\", \"version\": 1, \"values\": 2}");
    Files.write(folder.resolve("weights.bin"), new byte[4]);
    assertThat(Main.run("evaluate", folder.toString())).isEqualTo(3);
    assertThat(lastLine()).endsWith("weights.bin has 4 bytes, but 2 values need 8");
    Files.write(folder.resolve("weights.bin"), new byte[8]);
    assertThat(Main.run("evaluate", folder.toString())).isEqualTo(3);
    assertThat(lastLine()).endsWith("weights.bin does not match its SHA-256: the file is damaged");
  }

  @Test
  void aDriverOnYarnReturnsWhenItIsDone() {
    Map<String, String> asYarnSets =
        Map.of("spark.master", "yarn", "spark.submit.deployMode", "cluster");
    asYarnSets.forEach(System::setProperty);
    try {
      // Where this is not understood it ends this JVM, and the test with it.
      assertThatNoException().isThrownBy(() -> Main.exit(0));
    } finally {
      asYarnSets.keySet().forEach(System::clearProperty);
    }
  }
}
