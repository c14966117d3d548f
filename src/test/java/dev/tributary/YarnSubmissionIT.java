package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * {@code deploy/yarn/submit} up to where YARN would take over: what is staged on a real HDFS, and
 * what Spark's own submission makes of the command. Spark 4's YARN client is in no Maven
 * repository, so what it does with that is not seen here.
 */
final class YarnSubmissionIT {
  private static final Path ROOT = Path.of(System.getProperty("tributary.basedir", "."));

  @TempDir private static Path folder;
  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start() throws IOException {
    HdfsConfiguration conf = new HdfsConfiguration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    Path jars = Files.createDirectories(folder.resolve("spark/jars"));
    for (String jar : List.of("spark-core_2.13-4.1.0", "spark-yarn_2.13-4.1.0", "hadoop-yarn")) {
      Files.writeString(jars.resolve(jar + ".jar"), jar);
    }
    script(
        "spark/bin/spark-submit",
        """
        printf '%s\\0' "$@" >arguments
        while (($#)); do
          [[ $1 != --properties-file ]] || cp "$2" properties.conf
          shift
        done
        """);
    // Hadoop's own shell, which the command hdfs dfs is.
    script(
        "bin/hdfs",
        """
        [[ $1 == dfs ]] || exit 9
        exec java -cp "$HADOOP_CONF_DIR:$TEST_CLASSPATH" org.apache.hadoop.fs.FsShell "${@:2}"
        """);
    Files.createDirectories(folder.resolve("hadoop"));
    Files.writeString(
        folder.resolve("hadoop/core-site.xml"),
        "<configuration><property><name>fs.defaultFS</name><value>"
            + hdfs.getFileSystem().getUri()
            + "</value></property></configuration>\n");
    Files.writeString(folder.resolve("hadoop/hdfs-site.xml"), "<configuration/>\n");
  }

  @AfterAll
  static void stop() {
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  /** Spark's submission then makes do without its YARN client's classes. */
  @BeforeEach
  void pretendThatSparkHasYarn() {
    System.setProperty("spark.testing", "true");
  }

  @AfterEach
  void pretendNoLonger() {
    System.clearProperty("spark.testing");
  }

  private static void script(String name, String body) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "#!/usr/bin/env bash\nset -euo pipefail\n" + body);
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }

  private static String submit(int code, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("bash", ROOT.resolve("deploy/yarn/submit").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("spark").toString());
    builder.environment().put("HADOOP_CONF_DIR", folder.resolve("hadoop").toString());
    builder.environment().put("TEST_CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().remove("TRIBUTARY_OUTCOMES");
    builder
        .environment()
        .put("PATH", folder.resolve("bin") + ":" + builder.environment().get("PATH"));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(code);
    return said;
  }

  @Test
  void stagesSparksJars() throws IOException, InterruptedException {
    assertThat(submit(0, "--stage")).contains("Spark's jars are in hdfs:///tributary/spark-jars");
    assertThat(submit(0, "--stage")).as("again, over them").contains("Spark's jars are in");
    FileStatus[] staged =
        hdfs.getFileSystem().listStatus(new org.apache.hadoop.fs.Path("/tributary/spark-jars"));
    assertThat(Stream.of(staged).map(s -> s.getPath().getName()))
        .containsExactlyInAnyOrder(
            "hadoop-yarn.jar", "spark-core_2.13-4.1.0.jar", "spark-yarn_2.13-4.1.0.jar");
    assertThat(hdfs.getFileSystem().exists(new org.apache.hadoop.fs.Path("/tributary/staging")))
        .isTrue();
  }

  @Test
  void submitsADriverOnTheCluster() throws IOException, InterruptedException {
    submit(
        0,
        "--queue",
        "training",
        "--num-executors",
        "8",
        "--executor-memory",
        "4g",
        "--conf",
        "spark.executor.memoryOverheadFactor=0.5",
        "train",
        "hdfs:///jobs/a job.conf",
        "-D",
        "run.dir=hdfs:///runs/lenet");
    Tuple4<Seq<String>, Seq<String>, SparkConf, String> prepared = prepare();
    assertThat(prepared._4()).isEqualTo("org.apache.spark.deploy.yarn.YarnClusterApplication");
    List<String> child = CollectionConverters.asJava(prepared._1());
    assertThat(child.subList(0, 4))
        .containsExactly(
            "--jar",
            ROOT.resolve("target/tributary.jar")
                .toRealPath()
                .toUri()
                .toString()
                .replace("///", "/"),
            "--class",
            "dev.tributary.cli.Main");
    assertThat(child.subList(4, child.size()))
        .containsExactly(
            "--arg",
            "train",
            "--arg",
            "hdfs:///jobs/a job.conf",
            "--arg",
            "-D",
            "--arg",
            "run.dir=hdfs:///runs/lenet");
    SparkConf conf = prepared._3();
    assertThat(conf.get("spark.master")).isEqualTo("yarn");
    assertThat(conf.get("spark.submit.deployMode")).isEqualTo("cluster");
    assertThat(conf.get("spark.yarn.queue")).isEqualTo("training");
    assertThat(conf.get("spark.executor.instances")).isEqualTo("8");
    assertThat(conf.get("spark.executor.memory")).isEqualTo("4g");
    assertThat(conf.get("spark.executor.memoryOverheadFactor")).as("the user's").isEqualTo("0.5");
    assertThat(conf.get("spark.driver.memoryOverheadFactor")).as("ours").isEqualTo("0.25");
    assertThat(conf.get("spark.yarn.jars")).isEqualTo("hdfs:///tributary/spark-jars/*.jar");
    assertThat(conf.get("spark.yarn.stagingDir")).isEqualTo("hdfs:///tributary/staging");
    assertThat(conf.get("spark.yarn.submit.waitAppCompletion")).isEqualTo("true");
    assertThat(conf.get("spark.yarn.maxAppAttempts")).isEqualTo("1");
    assertThat(conf.get("spark.driver.defaultJavaOptions")).contains("jdk.incubator.vector");
    assertThat(conf.get("spark.tributary.outcome"))
        .startsWith("hdfs:///tributary/staging/.tributary-outcome-");
  }

  @Test
  void clientModeIsTheUsersToChoose() throws IOException, InterruptedException {
    submit(0, "--deploy-mode", "client", "models", "list", "hdfs:///store/x");
    Tuple4<Seq<String>, Seq<String>, SparkConf, String> prepared = prepare();
    assertThat(prepared._4()).isEqualTo("dev.tributary.cli.Main");
    assertThat(CollectionConverters.asJava(prepared._1()))
        .containsExactly("models", "list", "hdfs:///store/x");
    assertThat(prepared._3().contains("spark.tributary.outcome")).isFalse();
  }

  @Test
  void saysWhatIsMissing() throws IOException, InterruptedException {
    Path yarn = folder.resolve("spark/jars/spark-yarn_2.13-4.1.0.jar");
    Files.move(yarn, folder.resolve("away"));
    try {
      assertThat(submit(2, "train", "x.conf")).contains("no spark-yarn_2.13-4.*.jar in");
    } finally {
      Files.move(folder.resolve("away"), yarn);
    }
  }

  /**
   * What Spark's own submission makes of the arguments: for the child, class path, settings, class.
   */
  private static Tuple4<Seq<String>, Seq<String>, SparkConf, String> prepare() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            Arrays.asList(Files.readString(folder.resolve("arguments")).split("\0", -1)));
    arguments.remove(arguments.size() - 1);
    // The script's own is gone by now.
    arguments.set(
        arguments.indexOf("--properties-file") + 1, folder.resolve("properties.conf").toString());
    SparkSubmitArguments parsed =
        new SparkSubmitArguments(
            CollectionConverters.asScala(arguments).toSeq(),
            scala.collection.immutable.Map$.MODULE$.<String, String>empty());
    return new SparkSubmit().prepareSubmitEnvironment(parsed, Option.empty());
  }
}
