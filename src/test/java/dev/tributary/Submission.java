package dev.tributary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code deploy/submit} as a user starts it, with the Spark that Maven brings. */
final class Submission {
  /**
   * For JVMs that live for seconds: half of their time would go to the compiler that pays off in
   * minutes. Set where tests run; empty where something is measured.
   */
  private static final String SHORT_LIVED = System.getProperty("tributary.short.lived.flags", "");

  private Submission() {}

  /**
   * A process that has not started.
   *
   * @param root of the project
   * @param folder where it runs
   * @param log of all that it prints
   * @param arguments of deploy/submit
   */
  static ProcessBuilder of(Path root, Path folder, Path log, List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of("bash", root.resolve("deploy/submit").toAbsolutePath().toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_SUBMIT_OPTS", SHORT_LIVED);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    return builder;
  }

  /** Has a cluster's daemons start the sooner, too. */
  static void ofDaemons(ProcessBuilder builder) {
    builder.environment().put("SPARK_DAEMON_JAVA_OPTS", SHORT_LIVED);
  }

  /** The same for its executors, as lines of settings. */
  static String executorSettings() {
    return SHORT_LIVED.isEmpty() ? "" : "spark.executor.extraJavaOptions " + SHORT_LIVED + "\n";
  }
}
