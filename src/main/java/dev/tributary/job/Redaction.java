package dev.tributary.job;

import java.util.regex.Pattern;

/**
 * Takes credentials out of text that is kept or shown: what stands before the {@code @} of an
 * address ({@code s3a://KEY:SECRET@bucket}), and what is set under a name that says it is secret
 * ({@code fs.s3a.secret.key=…}, {@code "password" : "…"}).
 *
 * <p>The same patterns stand in {@code conf/} for Spark's pages and the logs, which do not pass
 * here.
 */
public final class Redaction {
  /** What stands in the place of a secret. */
  public static final String HIDDEN = "***";

  /** {@code scheme://user:password@} and {@code scheme://token@}. */
  private static final Pattern IN_ADDRESS =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^/@\\s\"']{1,1000}@");

  /** What a name has in it that says it is secret. */
  private static final String SECRET =
      "(?:secret|passwd|password|credential|token|signature|access[._-]?key|account[._-]?key"
          + "|api[._-]?key)";

  /** A name that says it is secret, and a value set under it. */
  private static final Pattern BY_NAME =
      Pattern.compile(
          "(?i)("
              + SECRET
              + "[A-Za-z0-9._-]{0,100}\"?\\s{0,5}(?:=|:(?=\\s*\"))\\s{0,5}\"?)[^\\s\"&,;]+");

  private static final Pattern NAME = Pattern.compile("(?i)" + SECRET);

  private Redaction() {}

  /** Whether a name says that what is set under it is secret. */
  public static boolean isSecret(String name) {
    return NAME.matcher(name).find();
  }

  /** The text without credentials in addresses: for what must otherwise stay as it is. */
  public static String ofAddresses(String text) {
    return IN_ADDRESS.matcher(text).replaceAll("$1" + HIDDEN + "@");
  }

  /** The text without credentials. */
  public static String of(String text) {
    return BY_NAME.matcher(ofAddresses(text)).replaceAll("$1" + HIDDEN);
  }
}
