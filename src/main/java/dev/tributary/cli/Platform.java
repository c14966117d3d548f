package dev.tributary.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Tributary runs on: checked at the start, as a jar for another Scala or Spark would only fail
 * deep within, with a missing method.
 *
 * @param javaRelease the feature release, such as 17
 * @param sparkVersion the version, such as 4.1.0
 * @param scalaVersion the version, such as 2.13.17
 */
record Platform(int javaRelease, String sparkVersion, String scalaVersion) {
  private static final int JAVA = 17;
  private static final int SPARK = 4;
  private static final String SCALA = "2.13";
  private static final Pattern MAJOR = Pattern.compile("(\\d+)\\..*");

  /** What this JVM has. Needs Spark's classes. */
  static Platform here() {
    return new Platform(
        Runtime.version().feature(),
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        scala.util.Properties$.MODULE$.versionNumberString());
  }

  /** Why Tributary cannot run where there is no Spark. */
  static String withoutSpark(LinkageError missing) {
    return "there is no Spark on the class path ("
        + missing.getMessage()
        + "); run the jar with spark-submit of Spark 4 for Scala 2.13, or with deploy/submit";
  }

  /** Why Tributary cannot run here; empty if it can. */
  Optional<String> problem() {
    List<String> wrong = new ArrayList<>();
    if (javaRelease < JAVA) {
      wrong.add("Java " + javaRelease + ", expected " + JAVA + " or later: set JAVA_HOME to one");
    }
    Matcher major = MAJOR.matcher(sparkVersion);
    if (!major.matches() || Integer.parseInt(major.group(1)) != SPARK) {
      wrong.add("Spark " + sparkVersion + ", expected " + SPARK + ".x: set SPARK_HOME to one");
    }
    if (!scalaVersion.startsWith(SCALA + ".")) {
      wrong.add(
          "Scala "
              + scalaVersion
              + ", expected "
              + SCALA
              + ": take the Spark distribution built for it");
    }
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of("this Tributary does not run here: found " + String.join("; found ", wrong));
  }
}
