package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb doctor, and train's own look before it begins. */
final class DoctorTest {
  private static final String JOB =
      """
      data.digits { train = 300, test = 100 }
      network {
        input = [28, 28, 1]
        layers = [{ type = flatten }, { type = batch_norm }, { type = affine, outputs = 10 }]
      }
      train { optimizer = { type = adam }, epochs = 1, batch = 32, shards = 4 }
      """;
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1");

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeEach
  void capture() {
    SETTINGS.forEach(System::setProperty);
    PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
  }

  @AfterEach
  void release() {
    SETTINGS.keySet().forEach(System::clearProperty);
    System.clearProperty("spark.driver.maxResultSize");
    System.setOut(realOut);
    System.setErr(realErr);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String[] command(String verb, String... more) throws IOException {
    String job = Files.writeString(folder.resolve("small.conf"), JOB).toString();
    String[] command = new String[4 + more.length];
    command[0] = verb;
    command[1] = job;
    command[2] = "-D";
    command[3] = "run.dir=" + folder.resolve("run");
    System.arraycopy(more, 0, command, 4, more.length);
    return command;
  }

  @Test
  void findsNothingInAGoodJob() throws IOException {
    assertThat(Main.run(command("doctor"))).as(output()).isZero();
    assertThat(output())
        .contains("small: local mode, 2 cores in all; engine ")
        .contains("no problem found");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void warnsButLetsTheRunBegin() throws IOException {
    assertThat(Main.run(command("doctor", "-D", "train.batch=4"))).as(output()).isZero();
    assertThat(output())
        .contains("warning  batch_norm  4 shards share a batch of 4  at least 2 samples")
        .contains("set: -D train.batch=32, or a smaller train.shards")
        .contains("the run can begin");
  }

  @Test
  void bothRefuseWhatWouldFail() throws IOException {
    System.setProperty("spark.driver.maxResultSize", "40k");
    for (String verb : new String[] {"doctor", "train"}) {
      bytes.reset();
      assertThat(Main.run(command(verb, "-D", "train.exchange=tree"))).as(output()).isEqualTo(2);
      assertThat(output())
          .contains("ERROR    spark.driver.maxResultSize")
          .contains("set: --conf spark.driver.maxResultSize=1g, or a smaller train.fan_in")
          .contains("tributary: 1 problem would end this run; the table above says what to set");
    }
  }

  @Test
  void badDataHasItsOwnCode() throws IOException {
    assertThat(
            Main.run(
                command(
                    "doctor", "-D", "data.format=idx", "-D", "data.train=" + folder + "/nowhere")))
        .as(output())
        .isEqualTo(3);
    assertThat(output()).contains("ERROR    data ").contains("nowhere");
  }
}
