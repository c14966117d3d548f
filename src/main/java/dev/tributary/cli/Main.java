package dev.tributary.cli;

import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkConf;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code tributary VERB …}: one small class for each verb. */
@Command(
    name = "tributary",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Data-parallel neural-network training on Apache Spark.",
    subcommands = {
      TrainCommand.class,
      StopCommand.class,
      PackCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      InspectCommand.class,
      GradcheckCommand.class,
      DoctorCommand.class,
      RetrainCommand.class,
      ModelsCommand.class,
      ArriveCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done; 2 bad usage or job file; 3 bad data or model; 4 training diverged;"
          + " 5 stopped, or another process is at it: run it again; 1 anything else."
    })
public final class Main {
  private final Outcome outcome = new Outcome();

  Main() {}

  /** What whoever submitted this is told. */
  Outcome outcome() {
    return outcome;
  }

  /** Runs a verb and exits with its code. */
  public static void main(String[] args) {
    Optional<String> problem = platformProblem();
    if (problem.isPresent()) {
      System.err.println("tributary: " + problem.get());
      refuse(problem.get());
      System.exit(1);
    }
    Main main = new Main();
    int code = main.execute(args);
    main.outcome.leave(code);
    exit(code);
  }

  /**
   * Ends the process with a code; returns where YARN runs this as a driver that is done, as it
   * takes any {@link System#exit} there for a failure.
   */
  static void exit(int code) {
    SparkConf conf = new SparkConf();
    boolean isYarns =
        conf.get("spark.master", "").equals("yarn")
            && conf.get("spark.submit.deployMode", "").equals("cluster");
    if (code != 0 || !isYarns) {
      System.exit(code);
    }
  }

  /** Tells a submission from elsewhere too, if this Spark lets it. */
  private static void refuse(String problem) {
    try {
      Outcome outcome = new Outcome();
      outcome.fail("tributary: " + problem);
      outcome.leave(1);
    } catch (LinkageError e) {
      // Where there is no Spark there is no submission.
    }
  }

  private static Optional<String> platformProblem() {
    try {
      return Platform.here().problem();
    } catch (LinkageError e) {
      return Optional.of(Platform.withoutSpark(e));
    }
  }

  /** Runs a verb; its exit code is returned, as tests and embedding programs like it. */
  static int run(String... args) {
    return new Main().execute(args);
  }

  private int execute(String... args) {
    CommandLine command = commandLine();
    try {
      return command.execute(args);
    } catch (FSError e) {
      // An Error to Hadoop: a disk of this machine that is full or broken.
      return Failure.tell(Failure.ofDisk(e), command);
    }
  }

  private CommandLine commandLine() {
    return new CommandLine(this)
        .setExecutionExceptionHandler(new Failure())
        .setUsageHelpAutoWidth(true);
  }

  /** Tells the jar's version and Spark's. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "Tributary " + (version == null ? "(development)" : version),
        "Spark " + org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        "Java " + Runtime.version()
      };
    }
  }
}
