package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same data from this disk, from a real HDFS, and from a web server: the same weights; and a
 * run that leaves all that it leaves on HDFS.
 */
final class FileSystemsIT {
  private static final String JOB =
      """
      network {
        input = [28, 28, 1]
        layers = [{ type = flatten }, { type = affine, outputs = 10 }]
      }
      train { optimizer = { type = adam }, epochs = 1, batch = 32, shards = 4, partitions = 4 }
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

  /** Each format by its name: where its files are on this disk, and what names them there. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    files.put("idx", digits.idx(folder.resolve("data/idx")));
    files.put("npy", digits.npy(folder.resolve("data/npy")));
    files.put("images", digits.images(folder.resolve("data/images"), ""));
    files.put("cifar10", digits.cifar(folder.resolve("data/cifar10"), 2));
    files.put("image", digits.images(folder.resolve("data/image"), "label="));
    return files;
  }

  private String hash(String format, String location) throws IOException {
    String input = format.equals("cifar10") ? "[32, 32, 3]" : "[28, 28, 1]";
    return here.hash("data.format=" + format, "data.train=" + location, "network.input=" + input);
  }

  private String elsewhere(String location, String root) {
    return location.replace(folder.resolve("data").toUri().toString(), root);
  }

  @Test
  void hdfs() throws IOException {
    Configuration conf = new HdfsConfiguration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    Map<String, String> files = files();
    try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()) {
      FileSystem hdfs = cluster.getFileSystem();
      String root = hdfs.getUri() + "/data/";
      hdfs.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(folder.resolve("data").toUri()),
          new org.apache.hadoop.fs.Path("/data"));
      for (Map.Entry<String, String> file : files.entrySet()) {
        String there = elsewhere(file.getValue(), root);
        assertThat(there).startsWith("hdfs://");
        assertThat(hash(file.getKey(), there))
            .as(file.getKey())
            .isEqualTo(hash(file.getKey(), file.getValue()));
      }
      String run = hdfs.getUri() + "/runs/idx";
      String train = "data.train=" + root + "idx/train";
      here.run(
          0, "train", here.job(), "-D", "data.format=idx", "-D", train, "-D", "run.dir=" + run);
      assertThat(hdfs.exists(new org.apache.hadoop.fs.Path(run, "summary.json"))).isTrue();
      here.run(0, "evaluate", run, "--data", root + "idx/train");
      here.run(0, "predict", run, "--data", root + "idx/train", "--output", run + "/predictions");
      // Shards that were packed there are fetched by whoever computes, or read into memory.
      String packed = hdfs.getUri() + "/packed/idx";
      here.run(0, "pack", here.job(), "--output", packed, "-D", "data.format=idx", "-D", train);
      for (String storage : List.of("memory", "disk")) {
        assertThat(
                here.hash("data.format=packed", "data.train=" + packed, "data.storage=" + storage))
            .as(storage)
            .isEqualTo(hash("idx", root + "idx/train"));
      }
      here.train(3, "data.format=images", "data.train=" + root + "none");
      assertThat(here.output()).contains("nothing is at hdfs://");
    }
  }

  /** The server knows files alone, as web servers do: no folders, and no place within a file. */
  @Test
  void http() throws IOException {
    Map<String, String> files = files();
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(loopback, 0);
    server.createContext(
        "/",
        exchange -> {
          URI uri = exchange.getRequestURI();
          Path file = folder.resolve("data").resolve(uri.getPath().substring(1)).normalize();
          boolean isThere = file.startsWith(folder) && Files.isRegularFile(file);
          exchange.sendResponseHeaders(isThere ? 200 : 404, isThere ? Files.size(file) : -1);
          try (OutputStream body = exchange.getResponseBody()) {
            if (isThere) {
              Files.copy(file, body);
            }
          }
        });
    server.start();
    try {
      String root = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      files.keySet().retainAll(List.of("idx", "npy", "cifar10"));
      files.computeIfPresent("cifar10", (format, all) -> all + "data_batch_0.bin");
      for (Map.Entry<String, String> file : files.entrySet()) {
        assertThat(hash(file.getKey(), elsewhere(file.getValue(), root)))
            .as(file.getKey())
            .isEqualTo(hash(file.getKey(), file.getValue()));
      }
      here.train(3, "data.format=idx", "data.train=" + root + "none");
      assertThat(here.output()).contains("no file " + root + "none-images-idx3-ubyte");
    } finally {
      server.stop(0);
    }
  }
}
