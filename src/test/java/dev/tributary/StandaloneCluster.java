package dev.tributary;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real standalone cluster on this machine: a master and workers, each a JVM of its own. */
final class StandaloneCluster implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final Path sparkHome;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final int port;
  private final int uiPort;

  /**
   * Starts it and waits until all workers have registered.
   *
   * @param sparkHome a Spark home, as deploy/submit makes one
   * @param folder where logs and work directories go
   * @param workers of one core and 1 GB each
   */
  StandaloneCluster(Path sparkHome, Path folder, int workers)
      throws IOException, InterruptedException {
    this.sparkHome = sparkHome;
    this.folder = folder;
    this.port = freePort();
    this.uiPort = freePort();
    start(
        "master",
        "org.apache.spark.deploy.master.Master",
        List.of("--host", LOOPBACK, "--port", "" + port, "--webui-port", "" + uiPort));
    awaitWorkers(0);
    for (int i = 0; i < workers; i++) {
      start(
          "worker-" + i,
          "org.apache.spark.deploy.worker.Worker",
          List.of(
              "--host",
              LOOPBACK,
              "--cores",
              "1",
              "--memory",
              "1g",
              "--webui-port",
              "0",
              "--work-dir",
              folder.resolve("work-" + i).toString(),
              master()));
    }
    awaitWorkers(workers);
  }

  /** {@code spark://…}. */
  String master() {
    return "spark://" + LOOPBACK + ":" + port;
  }

  private void start(String name, String mainClass, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(List.of(System.getProperty("spark.jvm.flags").split(" ", -1)));
    command.addAll(List.of("-cp", sparkHome.resolve("jars") + "/*", mainClass));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile());
    processes.add(builder.start());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitWorkers(int count) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + uiPort + "/json/"))
            .timeout(Duration.ofSeconds(5))
            .build();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String last = "nothing yet";
    while (System.nanoTime() < until) {
      try {
        last = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        if (last.replaceAll("\\s", "").contains("\"aliveworkers\":" + count)) {
          return;
        }
      } catch (IOException e) {
        last = e.toString();
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new IllegalStateException(
        "the cluster did not start within a minute; logs are in " + folder + "; last: " + last);
  }

  /** Ends the processes it started, and no others. */
  @Override
  public void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
      process.destroyForcibly();
    }
  }
}
