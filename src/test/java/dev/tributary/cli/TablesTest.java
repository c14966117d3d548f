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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on tables: the same rows give the same weights, however they are stored and read. */
final class TablesTest {
  private static final int ROWS = 400;
  private static final String JOB =
      """
      network {
        input = [4]
        layers = [{ type = affine, outputs = 8, initializer = he }, { type = relu },
          { type = affine, outputs = 3 }]
      }
      train { optimizer = { type = adam }, epochs = 2, batch = 32, shards = 16 }
      """;

  private static final String DATABASE = "jdbc:h2:mem:tables;DB_CLOSE_DELAY=-1";

  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.sql.shuffle.partitions", "2");

  @TempDir private static Path data;
  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private int runs;

  /** Writes the same rows in every way. */
  @BeforeAll
  static void writeTables() {
    SETTINGS.forEach(System::setProperty);
    SparkSession session = SparkSession.builder().getOrCreate();
    List<Row> rows = rows();
    Dataset<Row> flat = session.createDataFrame(rows, flat());
    flat.repartition(200).write().parquet(data.resolve("parquet200").toString());
    flat.coalesce(1).write().parquet(data.resolve("parquet1").toString());
    flat.coalesce(1).write().orc(data.resolve("orc").toString());
    flat.repartition(3).write().json(data.resolve("json").toString());
    flat.coalesce(1).write().option("header", "true").csv(data.resolve("csv").toString());
    flat.repartition(2).write().jdbc(DATABASE, "samples", new Properties());
    Collections.shuffle(rows, new Random(3));
    session
        .createDataFrame(rows, flat())
        .repartition(16)
        .write()
        .option("header", "true")
        .csv(data.resolve("shuffled").toString());
    for (boolean sparse : new boolean[] {false, true}) {
      Dataset<Row> vectors = vectors(session, rows, sparse);
      vectors.write().parquet(data.resolve(sparse ? "sparse" : "dense").toString());
      if (sparse) {
        vectors.coalesce(1).write().format("libsvm").save(data.resolve("libsvm").toString());
        vectors.repartition(5).write().format("libsvm").save(data.resolve("libsvm5").toString());
      }
    }
    flat.select(
            functions.col("label"),
            functions.array(
                functions.col("a"), functions.col("b"), functions.col("c"), functions.col("d")))
        .toDF("label", "features")
        .write()
        .parquet(data.resolve("array").toString());
    session
        .range(0, 1_000_000, 1, 4)
        .selectExpr(
            "cast(id % 3 as int) label",
            "cast(id % 10 as float) a",
            "if(id = 534567, cast('NaN' as float), cast(id % 7 as float)) b",
            "1 c",
            "cast(2 as float) d")
        .write()
        .parquet(data.resolve("million").toString());
    session.stop();
  }

  @AfterAll
  static void noSettings() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }

  private static StructType flat() {
    return new StructType()
        .add("label", DataTypes.IntegerType)
        .add("a", DataTypes.FloatType)
        .add("b", DataTypes.FloatType)
        .add("c", DataTypes.IntegerType)
        .add("d", DataTypes.FloatType);
  }

  private static List<Row> rows() {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      float b = i % 3 == 0 ? -0f : random.nextFloat() - 0.5f;
      rows.add(RowFactory.create(i % 3, (float) random.nextGaussian(), b, i % 7, 1e-3f * i));
    }
    return rows;
  }

  private static Dataset<Row> vectors(SparkSession session, List<Row> rows, boolean sparse) {
    List<Row> vectors =
        rows.stream()
            .map(
                r -> {
                  double[] x = {r.getFloat(1), r.getFloat(2), r.getInt(3), r.getFloat(4)};
                  var vector = Vectors.dense(x);
                  return RowFactory.create(
                      (double) r.getInt(0), sparse ? vector.toSparse() : vector);
                })
            .toList();
    return session.createDataFrame(
        vectors,
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType()));
  }

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
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Path train(int exitCode, String... keys) throws IOException {
    Path run = folder.resolve("run" + runs++);
    String job = Files.writeString(folder.resolve("table.conf"), JOB).toString();
    List<String> arguments = new ArrayList<>(List.of("train", job, "-D", "run.dir=" + run));
    for (String key : keys) {
      arguments.addAll(List.of("-D", key));
    }
    assertThat(Main.run(arguments.toArray(new String[0]))).as(output()).isEqualTo(exitCode);
    return run;
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void sameRowsGiveSameWeightsHoweverTheyAreStoredAndRead() throws IOException {
    Map<String, String> formats = new TreeMap<>();
    for (String name :
        List.of("parquet1", "parquet200", "orc", "json", "csv", "libsvm", "dense", "array")) {
      formats.put(name, name.replaceAll("[0-9]|dense|array", ""));
    }
    formats.put("shuffled", "csv");
    formats.put("sparse", "parquet");
    Map<String, String> hashes = new TreeMap<>();
    for (Map.Entry<String, String> entry : formats.entrySet()) {
      String format = entry.getValue().isEmpty() ? "parquet" : entry.getValue();
      List<String> keys =
          new ArrayList<>(
              List.of(
                  "data.format=" + format, "data.train=" + data.resolve(entry.getKey()).toUri()));
      if (format.equals("libsvm")) {
        keys.add("data.options={numFeatures = 4}");
      }
      Path run = train(0, keys.toArray(new String[0]));
      hashes.put(entry.getKey(), json(run.resolve("summary.json")).path("weights_sha256").asText());
    }
    for (String partitions : List.of("1", "16")) {
      Path run =
          train(
              0,
              "data.format=parquet",
              "data.train=" + data.resolve("parquet200"),
              "train.partitions=" + partitions);
      hashes.put(
          "on " + partitions, json(run.resolve("summary.json")).path("weights_sha256").asText());
    }
    String table = "parquet.`" + data.resolve("parquet1") + "`";
    for (String[] named :
        new String[][] {{"table", table}, {"sql", "SELECT * FROM " + table + " ORDER BY d"}}) {
      Path run = train(0, "data.format=" + named[0], "data.train=" + named[1]);
      hashes.put(named[0], json(run.resolve("summary.json")).path("weights_sha256").asText());
    }
    Path fromDatabase =
        train(
            0,
            "data.format=jdbc",
            "data.train=samples",
            "data.options={ url = \"" + DATABASE + "\", fetchsize = 50 }");
    hashes.put("jdbc", json(fromDatabase.resolve("summary.json")).path("weights_sha256").asText());
    for (String sparse : List.of("true", "false")) {
      Path run =
          train(
              0,
              "data.format=libsvm",
              "data.train=" + data.resolve("libsvm5"),
              "data.options={numFeatures = 4}",
              "data.sparse=" + sparse);
      hashes.put(
          "sparse " + sparse, json(run.resolve("summary.json")).path("weights_sha256").asText());
    }
    assertThat(hashes.values()).as("%s", hashes).containsOnly(hashes.get("csv")).hasSize(17);
  }

  /** A row among a million is found, wherever its file's part begins. */
  @Test
  void oneBadRowAmongAMillionIsNamedOrPassedOver() throws IOException {
    String million = data.resolve("million").toString();
    String one = "train.epochs=1";
    String batch = "train.batch=50000";
    train(3, "data.format=parquet", "data.train=" + million, one, batch);
    assertThat(output())
        .containsPattern(
            "million/part-00002-[^ ]*parquet: row 34,567 \\(a=7.0, b=NaN, c=1, d=2.0, label=0\\):"
                + " not finite: column b is NaN, not a finite float32");
    Path run =
        train(
            0, "data.format=parquet", "data.train=" + million, one, batch, "data.on_bad_row=skip");
    JsonNode summary = json(run.resolve("summary.json"));
    assertThat(summary.path("samples").asInt()).isEqualTo(999_999);
    JsonNode found = summary.path("bad_rows").elements().next();
    assertThat(found.path("rows").asInt()).isEqualTo(1_000_000);
    assertThat(found.path("bad").asInt()).isEqualTo(1);
    assertThat(found.path("first").get(0).asText()).contains("row 34,567 (a=7.0, b=NaN");
  }

  /** Two columns that should not be there, and a class that is not. */
  @Test
  void tellsWhatMakesOneDoubt() throws IOException {
    List<String> lines = new ArrayList<>(List.of("label,weight,b,code,d"));
    for (int i = 0; i < 200; i++) {
      lines.add(i % 2 + "," + i + ",0.5," + (7 - i % 2) + "," + i % 5);
    }
    String file = csv(lines.toArray(new String[0]));
    Path run = train(0, "data.format=csv", "data.train=" + file);
    JsonNode warnings = json(run.resolve("summary.json")).path("warnings");
    assertThat(warnings)
        .extracting(JsonNode::asText)
        .containsExactly(
            "of the 3 classes that the network tells apart, 2 never occurs: it cannot be learnt",
            "always the same, and so without use: column b (0.5)",
            "as good as a copy of what is to be predicted: column code; leave it out of"
                + " data.features, unless it is known when the model is used");
    bytes.reset();
    String job = folder.resolve("table.conf").toString();
    Main.run("doctor", job, "-D", "data.format=csv", "-D", "data.train=" + file);
    assertThat(output()).contains("always the same, and so without use: feature 1 (0.5)");
  }

  /** Labels as arrays: several at once, and shares of classes. */
  @Test
  void severalLabelsAndSharesOfClassesComeFromOneColumn() throws IOException {
    String json = folder.resolve("rows.json").toString();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add(String.format("{\"label\":[%d,0,%d],\"x\":[%d,1,2,3.5]}", i % 2, 1 - i % 2, i));
    }
    Files.write(Path.of(json), lines);
    for (String loss : List.of("sigmoid_cross_entropy", "softmax_cross_entropy")) {
      Path run =
          train(
              0,
              "data.format=json",
              "data.train=" + json,
              "data.label_kind=numbers",
              "train.loss=" + loss);
      assertThat(json(run.resolve("summary.json")).path("status").asText()).isEqualTo("completed");
    }
    train(3, "data.format=json", "data.train=" + json);
    assertThat(output())
        .contains("column label holds several numbers for each row, which are no class; set")
        .contains("data.label_kind = numbers");
  }

  /** What is secret is not kept, and is asked for when it is missed. */
  @Test
  void secretsOfOptionsAreNotWritten() throws IOException {
    String file = csv("label,a,b,c,d", "1,2,3,4,5", "0,3,4,5,6");
    Path run =
        train(
            0,
            "data.format=csv",
            "data.train=" + file,
            "data.test=" + file,
            "data.options={password = \"hid den,\\\"1\", header = true}");
    String kept = Files.readString(run.resolve("job.conf"));
    assertThat(kept).doesNotContain("hid den").contains("***");
    bytes.reset();
    assertThat(Main.run("evaluate", run.toString())).isEqualTo(3);
    assertThat(output()).contains("data.options.password is ***, as secrets are not written");
  }

  private String csv(String... lines) throws IOException {
    return Files.write(folder.resolve("rows.csv"), List.of(lines)).toString();
  }

  private String thousandWith(String bad) throws IOException {
    List<String> lines = new ArrayList<>(List.of("label,a,b,c,d"));
    for (int i = 0; i < 1000; i++) {
      lines.add(i % 3 + "," + i + ",0.5,1,2");
    }
    lines.set(700, bad);
    return csv(lines.toArray(new String[0]));
  }

  @Test
  void oneBadRowIsNamedOrPassedOverAndCounted() throws IOException {
    Map<String, String> bad = new TreeMap<>();
    bad.put(",9,0.5,1,2", "missing label: column label is null");
    bad.put("3,9,0.5,1,2", "label out of range: column label is 3.0, but classes are 0 to 2");
    bad.put("1,9,NaN,1,2", "not finite: column b is NaN");
    bad.put("1,9,1e39,1,2", "not finite: column b is 1.0E39");
    bad.put("1,9,red,1,2", "wrong type: column b is \"red\", which is no number");
    bad.put("1,9,2d,1,2", "wrong type: column b is \"2d\", which is no number");
    bad.put("1,9,0.5", "missing value: column c is null");
    for (Map.Entry<String, String> row : bad.entrySet()) {
      String file = thousandWith(row.getKey());
      bytes.reset();
      train(3, "data.format=csv", "data.train=" + file);
      assertThat(output()).contains("rows.csv: row 699 (").contains(row.getValue());
      bytes.reset();
    }
    Path run =
        train(
            0,
            "data.format=csv",
            "data.train=" + thousandWith("1,9,red,1,2"),
            "data.on_bad_row=skip");
    JsonNode found = json(run.resolve("summary.json")).path("bad_rows").elements().next();
    assertThat(found.path("rows").asInt()).isEqualTo(1000);
    assertThat(found.path("bad").asInt()).isEqualTo(1);
    assertThat(found.path("kinds").path("wrong type").asInt()).isEqualTo(1);
    assertThat(found.path("first").get(0).asText()).contains("a=9, b=red");
    bytes.reset();
    train(
        3,
        "data.format=csv",
        "data.train=" + thousandWith("1,9,red,1,2"),
        "data.on_bad_row=skip",
        "data.bad_row_share=0.0005");
    assertThat(output())
        .contains("1 of 1,000 rows are bad ({wrong type=1}), and data.bad_row_share allows 5.0E-4");
  }

  @Test
  void categoriesGoWithTheModel() throws IOException {
    List<String> lines = new ArrayList<>(List.of("kind,colour,a,b,c,w"));
    for (int i = 0; i < 300; i++) {
      String colour = List.of("red", "green", "blue").get(i % 3);
      lines.add(List.of("x", "y", "z").get(i % 3) + "," + colour + "," + i + ",1,2,0.5");
    }
    String file = csv(lines.toArray(new String[0]));
    Path run =
        train(
            0,
            "data.format=csv",
            "data.train=" + file,
            "data.categorical=[colour, kind]",
            "data.label=kind",
            "data.weight=w",
            "data.split={train = 0.7, validation = 0.15, test = 0.15}");
    JsonNode vocabulary = json(run.resolve("model/model.json")).path("vocabulary");
    assertThat(vocabulary.toString())
        .isEqualTo("{\"colour\":[\"blue\",\"green\",\"red\"],\"kind\":[\"x\",\"y\",\"z\"]}");
    String few = csv("kind,colour,a,b,c,w", "x,red,1,1,2,1", "y,blue,2,1,2,1");
    assertThat(Main.run("evaluate", run.toString(), "--data", few)).as(output()).isZero();
    Path out = folder.resolve("out");
    String unlabelled = csv("colour,a,b,c,w", "red,1,1,2,1", "blue,2,1,2,1");
    assertThat(Main.run("predict", run.toString(), "--data", unlabelled, "--output", "" + out))
        .as(output())
        .isZero();
    String unknown = csv("kind,colour,a,b,c,w", "x,mauve,1,1,2,1");
    assertThat(Main.run("evaluate", run.toString(), "--data", unknown)).isEqualTo(3);
    assertThat(output()).contains("column colour is \"mauve\", which the training data does not");
  }

  @Test
  void numbersArePredictedFromSeveralColumns() throws IOException {
    String file = csv("p,q,r,a,b,c,d", "0.1,0.2,0.7,1,2,3,4", "1,0,0,4,3,2,true");
    for (String loss : Arrays.asList("squared_error", "softmax_cross_entropy")) {
      train(
          0, "data.format=csv", "data.train=" + file, "data.label=[p, q, r]", "train.loss=" + loss);
    }
  }

  @Test
  void missingValuesAreFilledWherePreparationSaysSo() throws IOException {
    String holes = csv("label,a,b,c,d", "1,,1,2,3", "2,NaN,4,,2", "0,8,5,2,1", "1,4,2,2,7");
    String prepare =
        "data.prepare=[{type = fill, columns = [0, 2]}, {type = clip, columns = [3], high = 5}]";
    Path run = train(0, "data.format=csv", "data.train=" + holes, prepare);
    JsonNode fill = json(run.resolve("model/model.json")).path("preparation").get(0);
    assertThat(fill.path("value").toString()).isEqualTo("[6.0,2.0]");
    String predicted = folder.resolve("predicted").toString();
    String asked = csv("a,b,c,d", ",1,,2", "6,1,2,2");
    assertThat(Main.run("predict", run.toString(), "--data", asked, "--output", predicted))
        .as(output())
        .isZero();
    bytes.reset();
    train(3, "data.format=csv", "data.train=" + csv("label,a,b,c,d", "1,1,,2,3"), prepare);
    assertThat(output()).contains("missing value: column b is null");
  }

  /** Damage that Spark finds is bad data, not a fault of ours. */
  @Test
  void namesADamagedFile() throws IOException {
    Path torn = Files.createDirectories(folder.resolve("torn.parquet"));
    Path whole;
    try (Stream<Path> parts = Files.list(data.resolve("parquet1"))) {
      whole = parts.filter(p -> p.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(whole);
    Arrays.fill(bytes, 4, 200, (byte) 0x55);
    Files.write(torn.resolve("part.parquet"), bytes);
    train(3, "data.format=parquet", "data.train=" + torn);
    assertThat(output()).contains("FAILED_READ_FILE").contains("torn.parquet/part.parquet");
  }

  @Test
  void saysWhatDoesNotFit() throws IOException {
    String file = csv("label,a,b", "1,2,3");
    train(3, "data.format=csv", "data.train=" + file);
    assertThat(output()).contains("has 2 columns of features (a, b), but the network reads 4");
    train(3, "data.format=csv", "data.train=" + file, "data.label=y");
    assertThat(output()).contains("has no column y; it has label, a, b");
    train(3, "data.format=parquet", "data.train=" + folder.resolve("none"));
    assertThat(output()).contains("cannot read " + folder.resolve("none") + " as parquet");
  }
}
