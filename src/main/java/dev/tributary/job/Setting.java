package dev.tributary.job;

import com.typesafe.config.ConfigUtil;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One key of a job that is set beside its file.
 *
 * @param origin who sets it, for messages: {@code -D train.epochs}, or {@code param maxIter}
 * @param key the key, such as {@code train.epochs}
 * @param literal its value, as HOCON
 */
public record Setting(String origin, String key, String literal) {
  /** {@code -D key=value}: a string as it stands, unless it is a list or an object. */
  public static Setting onCommandLine(String key, String value) {
    boolean structured = value.startsWith("[") || value.startsWith("{");
    return new Setting(
        Section.COMMAND_LINE + key, key, structured ? value : ConfigUtil.quoteString(value));
  }

  /** A string as it stands. */
  public static Setting ofText(String origin, String key, String value) {
    return new Setting(origin, key, ConfigUtil.quoteString(value));
  }

  /** Strings as they stand. */
  public static Setting ofTexts(String origin, String key, List<String> values) {
    return new Setting(
        origin,
        key,
        values.stream().map(ConfigUtil::quoteString).collect(Collectors.joining(", ", "[", "]")));
  }
}
