package dev.tributary.cli;

/** Tributary without its check of Spark's version, to be tried on one that it is not made for. */
public final class AnySpark {
  private AnySpark() {}

  /** Runs a verb. */
  public static void main(String[] args) {
    Main.exit(Main.run(args));
  }
}
