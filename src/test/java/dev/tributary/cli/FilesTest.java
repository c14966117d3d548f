package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.data.TestNpy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on files that are no tables, and on images in tables: the same pixels, one result. */
final class FilesTest {
  private static final String JOB =
      """
      network {
        input = [28, 28, 1]
        layers = [{ type = flatten }, { type = affine, outputs = 10 }]
      }
      train { optimizer = { type = adam }, epochs = 2, batch = 32, shards = 4 }
      """;

  @TempDir private Path folder;
  private final DigitFiles digits = new DigitFiles();

  @SuppressWarnings("NullAway.Init")
  private InProcess here;

  @BeforeEach
  void begin() {
    here = new InProcess(folder, JOB);
  }

  @AfterEach
  void end() {
    here.close();
  }

  private String parquetOfPngs() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < DigitFiles.COUNT; i++) {
      rows.add(RowFactory.create(digits.png(i), (long) digits.label(i)));
    }
    String path = folder.resolve("pngs.parquet").toString();
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      session
          .createDataFrame(
              rows,
              new StructType()
                  .add("picture", DataTypes.BinaryType)
                  .add("label", DataTypes.LongType))
          .repartition(3)
          .write()
          .parquet(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return path;
  }

  @Test
  void samePixelsGiveSameWeightsInEveryFormat() throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    String partitioned = digits.images(folder.resolve("partitioned"), "label=");
    hashes.put(
        "idx", here.hash("data.format=idx", "data.train=" + digits.idx(folder.resolve("i"))));
    hashes.put(
        "npy", here.hash("data.format=npy", "data.train=" + digits.npy(folder.resolve("n"))));
    hashes.put(
        "images",
        here.hash(
            "data.format=images", "data.train=" + digits.images(folder.resolve("p"), "digit ")));
    hashes.put("image", here.hash("data.format=image", "data.train=" + partitioned));
    hashes.put("binary_file", here.hash("data.format=binary_file", "data.train=" + partitioned));
    hashes.put(
        "column",
        here.hash("data.format=parquet", "data.train=" + parquetOfPngs(), "data.image=picture"));
    assertThat(hashes.values()).as("%s", hashes).containsOnly(hashes.get("idx")).hasSize(6);
  }

  @Test
  void cifarIsReadFromAnyNumberOfFiles() throws IOException {
    String[] colour = {
      "network.input=[32, 32, 3]", "data.format=cifar10", "train.partitions=4", "data.train="
    };
    Map<String, String> hashes = new TreeMap<>();
    for (int files : new int[] {1, 5}) {
      colour[3] = "data.train=" + digits.cifar(folder.resolve("c" + files), files);
      hashes.put(files + " files", here.hash(colour));
    }
    colour[3] = "data.train=" + folder.resolve("c5").toUri() + "data_batch_*.bin";
    hashes.put("a glob", here.hash(colour));
    colour[1] = "data.format=npy";
    colour[3] = "data.train=" + digits.colourNpy(folder.resolve("n"));
    hashes.put("npy", here.hash(colour));
    assertThat(hashes.values()).as("%s", hashes).containsOnly(hashes.get("npy")).hasSize(4);
  }

  /** A model of images is used on images of any size, with or without classes. */
  @Test
  void aModelOfImagesKnowsItsClasses() throws IOException {
    Path images = folder.resolve("p");
    String train = digits.images(images, "digit ");
    Path run =
        here.train(
            0,
            "data.format=images",
            "data.train=" + train,
            "data.split={train = 0.8, validation = 0.1, test = 0.1}");
    JsonNode classes = InProcess.json(run.resolve("model/model.json")).path("vocabulary");
    assertThat(classes.path("class").get(9).asText()).isEqualTo("digit 9");
    here.run(0, "evaluate", run.toString(), "--data", train);
    Path mixed = Files.createDirectories(folder.resolve("mixed"));
    for (int i = 0; i < 10; i++) {
      Files.write(mixed.resolve(i + ".PNG"), digits.png(i));
    }
    Files.writeString(mixed.resolve("notes.txt"), "no image");
    String out = folder.resolve("out").toString();
    here.run(0, "predict", run.toString(), "--data", mixed.toString(), "--output", out);
    assertThat(here.output()).contains("10 predictions in");
    here.run(3, "evaluate", run.toString(), "--data", mixed.toString());
    assertThat(here.output()).contains("missing label: the image is in no folder");
    Files.createDirectories(mixed.resolve("dog"));
    Files.move(mixed.resolve("1.PNG"), mixed.resolve("dog/1.PNG"));
    here.run(3, "evaluate", run.toString(), "--data", mixed.toString());
    here.run(0, "doctor", here.job(), "-D", "data.format=images", "-D", "data.train=" + train);
  }

  @Test
  void badImagesAreNamedOrPassedOver() throws IOException {
    Path images = folder.resolve("p");
    String train = digits.images(images, "");
    Path torn;
    try (Stream<Path> sevens = Files.list(images.resolve("7"))) {
      torn = sevens.findFirst().orElseThrow();
    }
    Files.write(torn, new byte[] {(byte) 0x89, 'P', 'N', 'G'});
    Files.write(images.resolve("3/extra.jpg"), new byte[0]);
    here.train(3, "data.format=images", "data.train=" + train);
    assertThat(here.output()).contains("undecodable image: ");
    Path run = here.train(0, "data.format=images", "data.train=" + train, "data.on_bad_row=skip");
    JsonNode bad = InProcess.json(run.resolve("summary.json")).path("bad_rows").elements().next();
    assertThat(bad.path("rows").asInt()).isEqualTo(DigitFiles.COUNT + 1);
    assertThat(bad.path("bad").asInt()).isEqualTo(2);
    assertThat(bad.path("kinds").path("undecodable image").asInt()).isEqualTo(2);
    assertThat(bad.path("first").toString())
        .contains(torn.getFileName() + ": undecodable image: a damaged png")
        .contains("3/extra.jpg: undecodable image: there are no bytes");
  }

  @Test
  void badLabelsOfFilesArePassedOver() throws IOException {
    String npy = digits.npy(folder.resolve("n"));
    long[] labels = new long[DigitFiles.COUNT];
    labels[123] = 10;
    Files.write(folder.resolve("n/y.npy"), TestNpy.longs(DigitFiles.COUNT + ",", labels));
    here.train(3, "data.format=npy", "data.train=" + npy);
    assertThat(here.output())
        .contains(
            "y.npy: label out of range: the label of sample 123 is 10.0, but classes are 0 to 9");
    Path run = here.train(0, "data.format=npy", "data.train=" + npy, "data.on_bad_row=skip");
    JsonNode summary = InProcess.json(run.resolve("summary.json"));
    assertThat(summary.path("bad_rows").elements().next().path("bad").asInt()).isEqualTo(1);
    assertThat(summary.path("warnings").get(0).asText())
        .isEqualTo(
            "of the 10 classes that the network tells apart, 1, 2, 3, 4, 5 and 4 more never occurs:"
                + " it cannot be learnt");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    here.train(3, "data.format=images", "data.train=" + folder.resolve("none"));
    assertThat(here.output()).contains("nothing is at " + folder.resolve("none"));
    Files.createDirectories(folder.resolve("empty"));
    here.train(3, "data.format=images", "data.train=" + folder.resolve("empty"));
    assertThat(here.output()).contains("holds no images (*.png, *.jpg");
    here.train(3, "data.format=cifar10", "data.train=" + folder.resolve("empty"));
    assertThat(here.output()).contains("no file *.bin in ");
    here.train(3, "data.format=npy", "data.train=" + folder.resolve("x.npy"));
    assertThat(here.output()).contains("named as DIR/x.npy,DIR/y.npy");
    here.train(2, "data.format=npy");
    assertThat(here.output())
        .contains("data.format = npy needs data.train, such as -D data.train=DIR/x_train.npy");
  }
}
