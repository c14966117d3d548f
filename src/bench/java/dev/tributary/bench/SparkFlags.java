package dev.tributary.bench;

import org.apache.spark.launcher.JavaModuleOptions;

/** Prints the flags that a JVM needs in which Spark runs. */
final class SparkFlags {
  private SparkFlags() {}

  /** On one line. */
  public static void main(String[] arguments) {
    System.out.println(JavaModuleOptions.defaultModuleOptions());
  }
}
