package dev.tributary.cli;

import org.jspecify.annotations.Nullable;

/** Spark, started when it is first needed: what needs none is done in a second. */
final class LazySpark implements AutoCloseable {
  private final String appName;
  private @Nullable Spark spark;

  LazySpark(String appName) {
    this.appName = appName;
  }

  Spark get() {
    Spark started = spark;
    if (started == null) {
      started = Spark.start(appName);
      spark = started;
    }
    return started;
  }

  @Override
  public void close() {
    if (spark != null) {
      spark.close();
    }
  }
}
