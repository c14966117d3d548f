package dev.tributary.cli;

import java.util.Set;
import picocli.CommandLine;

/** The verbs that the command line has. */
public final class Verbs {
  private Verbs() {}

  /** Their names. */
  public static Set<String> names() {
    return new CommandLine(new Main()).getSubcommands().keySet();
  }
}
