package dev.tributary.cli;

import dev.tributary.data.DataException;
import dev.tributary.format.LeaseException;
import dev.tributary.format.ModelException;
import dev.tributary.format.OccupiedException;
import dev.tributary.format.StoreException;
import dev.tributary.job.JobException;
import dev.tributary.job.Redaction;
import dev.tributary.nn.InputException;
import dev.tributary.train.DivergedException;
import dev.tributary.train.ShardException;
import dev.tributary.train.StoppedException;
import java.io.IOException;
import java.io.PrintWriter;
import org.apache.hadoop.fs.FSError;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * What a failure looks like: one line on stderr that says what to do, and an exit code. A stack
 * trace goes to the log only when the failure is none that we foresaw.
 */
final class Failure implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    return tell(failure, command);
  }

  /** The failure of a disk of this machine, which Hadoop makes an Error. */
  static IOException ofDisk(FSError error) {
    return new IOException(
        error.getCause() == null ? error.getMessage() : error.getCause().getMessage(), error);
  }

  /** Says it, and gives the exit code. */
  static int tell(Exception failure, CommandLine command) {
    int code = exitCode(failure);
    PrintWriter err = command.getErr();
    String message;
    if (code == 1) {
      LoggerFactory.getLogger(Failure.class).error("the stack trace", failure);
      message =
          "tributary: failed: "
              + Redaction.of(firstLine(failure))
              + " (the log above has the stack trace; if it is not your cluster's doing, please"
              + " report it)";
    } else {
      message = "tributary: " + Redaction.of(String.valueOf(failure.getMessage()));
    }
    err.println(message);
    err.flush();
    if (command.getCommandSpec().root().userObject() instanceof Main main) {
      main.outcome().fail(message);
    }
    return code;
  }

  /**
   * 2 for a bad job or directory, 3 for bad data or a bad model, 4 for divergence, 5 for what may
   * be run again or gone on with, else 1.
   */
  static int exitCode(Throwable failure) {
    if (failure instanceof JobException
        || failure instanceof OccupiedException
        || failure instanceof StoreException) {
      return 2;
    }
    if (failure instanceof LeaseException) {
      return 5;
    }
    if (failure instanceof DataException
        || failure instanceof InputException
        || failure instanceof ModelException
        || (failure instanceof ShardException && failure.getCause() instanceof InputException)) {
      return 3;
    }
    if (failure instanceof StoppedException) {
      return 5;
    }
    return failure instanceof DivergedException ? 4 : 1;
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return failure.getClass().getSimpleName()
        + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
  }
}
