package dev.tributary.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What differs between a job and the one that it shall go on with. */
public final class JobChange {
  /**
   * Keys that may change, and all below them: those that say where it runs and what it leaves, how
   * long it goes, and those whose effect is checked by itself (the data's hash, the engine).
   */
  private static final List<String> FREE =
      List.of(
          "name",
          "run",
          "data.format",
          "data.storage",
          "data.options",
          "data.train",
          "data.validation",
          "data.test",
          "train.engine",
          "train.epochs",
          "train.stop",
          "train.partitions",
          "train.exchange",
          "train.fan_in",
          "train.log_every",
          "train.resume",
          "train.checkpoint");

  private JobChange() {}

  /**
   * Refuses a job that would not go on to the same weights.
   *
   * @param before the job that a checkpoint is of, in full
   * @param now the job that shall go on from it, in full
   * @throws JobException if they differ where they must not; the message names the keys
   */
  public static void check(String before, String now) {
    Map<String, String> old = flat(before);
    Map<String, String> mine = flat(now);
    TreeSet<String> keys = new TreeSet<>(old.keySet());
    keys.addAll(mine.keySet());
    List<String> changed = new ArrayList<>();
    for (String key : keys) {
      if (!isFree(key) && !isSame(old.get(key), mine.get(key))) {
        changed.add(String.format("%s (was %s, is %s)", key, old.get(key), mine.get(key)));
      }
    }
    if (!changed.isEmpty()) {
      throw new JobException(
          "the job is not the one that is to be resumed: "
              + String.join("; ", changed)
              + "; undo that, or begin another run with another run.dir");
    }
  }

  private static boolean isFree(String key) {
    return FREE.stream().anyMatch(free -> key.equals(free) || key.startsWith(free + "."));
  }

  /** On the command line a number is a text, and may be written in another way. */
  private static boolean isSame(@Nullable String a, @Nullable String b) {
    if (a == null || b == null || a.equals(b)) {
      return Objects.equals(a, b);
    }
    try {
      return Double.parseDouble(a) == Double.parseDouble(b);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Map<String, String> flat(String text) {
    Config config = ConfigFactory.parseString(text).withoutPath("data.options");
    Map<String, String> flat = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
      flat.put(entry.getKey(), String.valueOf(entry.getValue().unwrapped()));
    }
    return flat;
  }
}
