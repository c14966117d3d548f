package dev.tributary.cli;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/** Spark for a verb: settings first, which need no cluster, and the session when all is checked. */
final class Spark implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final SparkSession session;

  private Spark(SparkSession session) {
    this.session = session;
  }

  /** Hadoop's settings as spark-submit and the machine have them, without starting anything. */
  static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /** Starts a session. Without a master from spark-submit it is this machine. */
  static Spark start(String appName) {
    SparkConf conf = new SparkConf().setAppName(appName);
    conf.setIfMissing("spark.master", "local[*]");
    // A driver that a standalone worker starts is handed the secret here, which Spark itself
    // forgets.
    String secret = System.getenv("_SPARK_AUTH_SECRET");
    if (secret != null) {
      conf.setIfMissing("spark.authenticate.secret", secret);
    }
    if (conf.get("spark.master").startsWith("local")
        && !conf.get("spark.master").startsWith("local-cluster")) {
      // On this machine alone nothing needs to listen on the network; SPARK_LOCAL_IP, which
      // deploy/submit sets, does the same for the pages.
      conf.setIfMissing("spark.driver.host", LOOPBACK);
      conf.setIfMissing("spark.driver.bindAddress", LOOPBACK);
    }
    return new Spark(SparkSession.builder().config(conf).getOrCreate());
  }

  SparkSession session() {
    return session;
  }

  JavaSparkContext context() {
    return new JavaSparkContext(session.sparkContext());
  }

  @Override
  public void close() {
    session.stop();
  }
}
