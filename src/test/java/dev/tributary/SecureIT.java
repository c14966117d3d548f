package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.package$;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEnv;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** Doors that are shut: a cluster with a secret, and local mode's sockets. */
final class SecureIT {
  private static final Path ROOT = Path.of(System.getProperty("tributary.basedir", "."));

  @TempDir private Path folder;

  /** Who has another secret, or none, is not spoken to. */
  @Test
  void aClusterWithASecretKeepsStrangersOut() throws IOException, InterruptedException {
    assertThat(SubmitIT.submit(folder, List.of("train", "--help")).code()).isZero();
    try (StandaloneCluster cluster = new StandaloneCluster(ROOT, folder, 1, "600m")) {
      String secret = Files.readString(folder.resolve("secret.txt")).strip();
      int port = Integer.parseInt(cluster.master().replaceAll(".*:", ""));
      speakTo(port, secure(secret));
      SparkConf wrong = secure("another").set("spark.rpc.lookupTimeout", "10s");
      assertThatThrownBy(() -> speakTo(port, wrong)).isNotNull();
      SparkConf none = new SparkConf(false).set("spark.rpc.lookupTimeout", "10s");
      assertThatThrownBy(() -> speakTo(port, none)).isNotNull();
    }
  }

  private static SparkConf secure(String secret) {
    return new SparkConf(false)
        .set("spark.authenticate", "true")
        .set("spark.authenticate.secret", secret)
        .set("spark.network.crypto.enabled", "true")
        .set("spark.network.crypto.authEngineVersion", "2")
        .set("spark.network.crypto.saslFallback", "false");
  }

  /** Asks the master whether it is there, as a driver does. */
  private static void speakTo(int port, SparkConf conf) {
    SecurityManager security =
        new SecurityManager(conf, Option.empty(), package$.MODULE$.AUTH_SECRET_FILE());
    RpcEnv here = RpcEnv.create("stranger", "127.0.0.1", 0, conf, security, true);
    try {
      assertThat(here.setupEndpointRef(new RpcAddress("127.0.0.1", port), "Master")).isNotNull();
    } finally {
      here.shutdown();
    }
  }

  /** Every socket that listens, by Linux's own tables, listens on this machine alone. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void localModeListensOnLoopbackAlone() throws IOException, InterruptedException {
    assertThat(SubmitIT.submit(folder, List.of("train", "--help")).code()).isZero();
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash",
            ROOT.resolve("deploy/submit").toString(),
            "--master",
            "local[1]",
            "train",
            SubmitIT.jobFile("exact-mlp").toString(),
            "-D",
            "train.epochs=100000");
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeAll(Set.of("SPARK_HOME", "SPARK_LOCAL_IP"));
    // deploy/submit becomes the JVM, so that this process is it.
    Process process = builder.start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      StringBuilder seen = new StringBuilder();
      String line = output.readLine();
      while (line != null && !line.startsWith("epoch 1/")) {
        seen.append(line).append('\n');
        line = output.readLine();
      }
      assertThat(line).as(seen.toString()).isNotNull();
      List<String> listening = listening(process.pid());
      // The driver's endpoint, its blocks, and the pages.
      assertThat(listening).hasSizeGreaterThanOrEqualTo(3);
      assertThat(listening).allMatch(SecureIT::isLoopback);
    } finally {
      process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  private static boolean isLoopback(String address) {
    return address.equals("0100007F")
        || address.equals("0000000000000000FFFF00000100007F")
        || address.equals("00000000000000000000000001000000");
  }

  /** The addresses on which a process listens, as /proc/net/tcp has them. */
  private static List<String> listening(long pid) throws IOException {
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : open.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          sockets.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    List<String> addresses = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String row : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
        String[] cells = row.trim().split("\\s+", -1);
        boolean listens = cells[3].equals("0A");
        if (listens && sockets.contains("socket:[" + cells[9] + "]")) {
          addresses.add(cells[1].split(":", -1)[0]);
        }
      }
    }
    return addresses;
  }
}
