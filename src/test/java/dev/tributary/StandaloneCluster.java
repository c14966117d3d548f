package dev.tributary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real standalone cluster on this machine: a master and workers, each a JVM of its own, as {@code
 * deploy/standalone/start} starts them, with authentication and encryption on.
 */
public final class StandaloneCluster implements AutoCloseable {
  private final Path scripts;
  private final Path folder;
  private final String master;
  private final int workers;

  /**
   * Starts it; the workers have registered.
   *
   * @param root of the project
   * @param folder where logs, settings and work directories go
   * @param workers of one core each
   * @param memory of each worker, such as 1g
   */
  public StandaloneCluster(Path root, Path folder, int workers, String memory)
      throws IOException, InterruptedException {
    this.scripts = root.resolve("deploy/standalone").toAbsolutePath();
    this.folder = folder.toAbsolutePath();
    this.workers = workers;
    Path secret = Files.writeString(folder.resolve("secret.txt"), "known to this test alone\n");
    String said =
        run(
            "start",
            List.of(
                "--port",
                "0",
                "--web-port",
                "0",
                "--workers",
                "" + workers,
                "--memory",
                memory,
                "--secret-file",
                secret.toString(),
                "--dir",
                this.folder.toString()));
    this.master = said.lines().reduce((a, b) -> b).orElse("");
    Files.writeString(
        this.folder.resolve("cluster.conf"),
        Submission.executorSettings(),
        StandardOpenOption.APPEND);
  }

  /** {@code spark://…}. */
  public String master() {
    return master;
  }

  /** What makes deploy/submit's Spark one that the cluster lets in. */
  public List<String> submitOptions() {
    return List.of(
        "--master",
        master,
        "--properties-file",
        folder.resolve("cluster.conf").toString(),
        "--load-spark-defaults");
  }

  /** The process id of worker 1, 2, …. */
  long worker(int number) throws IOException {
    return Long.parseLong(Files.readString(folder.resolve("worker-" + number + ".pid")).strip());
  }

  /** The executors that run now, in client mode: the workers' child processes. */
  public List<ProcessHandle> executors() throws IOException {
    List<ProcessHandle> executors = new ArrayList<>();
    for (int i = 1; i <= workers; i++) {
      ProcessHandle.of(worker(i)).ifPresent(worker -> worker.children().forEach(executors::add));
    }
    executors.removeIf(executor -> !executor.isAlive());
    return executors;
  }

  /** The driver that a worker runs now, as in cluster mode; that of one run at the most. */
  Optional<ProcessHandle> driver() throws IOException {
    return executors().stream()
        .filter(child -> child.info().commandLine().orElse("").contains("worker.DriverWrapper"))
        .findFirst();
  }

  /** Where workers and executors put blocks. */
  public Path blocks() {
    return folder.resolve("blocks");
  }

  private String run(String script, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", scripts.resolve(script).toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("SPARK_LOCAL_DIRS", blocks().toString());
    Submission.ofDaemons(builder);
    builder.redirectErrorStream(false);
    Path errors = folder.resolve(script + ".err");
    builder.redirectError(errors.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IllegalStateException(
          "deploy/standalone/" + script + " failed: " + Files.readString(errors));
    }
    return output;
  }

  /** Ends the processes it started, and no others. */
  @Override
  public void close() {
    try {
      run("stop", List.of("--dir", folder.toString()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
