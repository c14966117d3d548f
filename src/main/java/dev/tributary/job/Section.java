package dev.tributary.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/**
 * A part of a job file, read key by key with messages that name file, line and key.
 *
 * <p>Which keys there are, and their defaults, is told by an object of {@code reference.conf}: a
 * key that is not in it is refused with the nearest that is.
 */
final class Section {
  /** How the origin of a key from the command line begins; it has no lines. */
  static final String COMMAND_LINE = "-D ";

  private static final int FAR = 4;

  private final ConfigObject given;
  private final ConfigObject known;
  private final String path;

  private Section(ConfigObject given, ConfigObject known, String path) {
    this.given = given;
    this.known = known;
    this.path = path;
  }

  /**
   * The section that {@code given} says, over what {@code known} has for defaults.
   *
   * @param path the section's own key, for messages; empty for the whole file
   * @throws JobException if a key is not in {@code known}
   */
  static Section of(ConfigObject given, ConfigObject known, String path) {
    for (String key : given.keySet()) {
      if (!known.containsKey(key)) {
        List<String> there = known.keySet().stream().sorted().map(k -> join(path, k)).toList();
        String unknown = join(path, key);
        throw at(given.get(key).origin(), "unknown key " + unknown + suggestion(unknown, there));
      }
    }
    return new Section(given, known, path);
  }

  /** "; did you mean …?", or the list of what there is. */
  static String suggestion(String word, List<String> known) {
    LevenshteinDistance distance = new LevenshteinDistance(FAR);
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int d = distance.apply(word, candidate);
      if (d >= 0
          && d < least
          && d <= Math.max(2, (word.length() - word.lastIndexOf('.') - 1) / 2)) {
        best = candidate;
        least = d;
      }
    }
    if (best != null) {
      return "; did you mean " + best + "?";
    }
    return "; known: " + String.join(", ", known);
  }

  /** The section under a key, whose keys and defaults are {@code known}'s. */
  Section section(String key, ConfigObject known) {
    return of(object(key), known, join(path, key));
  }

  /** The object under a key. */
  ConfigObject object(String key) {
    ConfigValue value = required(key);
    if (value instanceof ConfigObject object) {
      return object;
    }
    throw wrong(key, value, "an object: { … }");
  }

  /** The object under a key, where a mere word stands for {@code {type = word}}. */
  ConfigObject objectOrType(String key) {
    ConfigValue value = required(key);
    return value.valueType() == ConfigValueType.STRING
        ? value.atKey("type").root().withOrigin(value.origin())
        : object(key);
  }

  /** One object, a word that stands for {@code {type = word}}, or a list of objects. */
  List<ConfigObject> objectOrObjects(String key) {
    return required(key) instanceof ConfigList ? objects(key) : List.of(objectOrType(key));
  }

  /**
   * Objects, each of which may be a mere word that stands for {@code {type = word}}: one or a list;
   * none when the key has no value.
   */
  List<ConfigObject> objectsOrTypes(String key) {
    if (!has(key)) {
      return List.of();
    }
    if (!(required(key) instanceof ConfigList list)) {
      return List.of(objectOrType(key));
    }
    List<ConfigObject> objects = new ArrayList<>();
    for (ConfigValue element : list) {
      if (element.valueType() == ConfigValueType.STRING) {
        objects.add(element.atKey("type").root().withOrigin(element.origin()));
      } else if (element instanceof ConfigObject object) {
        objects.add(object);
      } else {
        throw wrong(key, element, "a name, or an object: {type = …}, at place " + objects.size());
      }
    }
    return objects;
  }

  /** A key with the section's own before it, for messages. */
  String path(String key) {
    return join(path, key);
  }

  /** Whether there is such a key. */
  boolean knows(String key) {
    return known.containsKey(key);
  }

  /** Whether a key has a value. */
  boolean has(String key) {
    return value(key) != null;
  }

  /** Whether a key's value is a word, and not a number. */
  boolean isWord(String key) {
    return required(key).valueType() == ConfigValueType.STRING && !text(key).matches("[-+.0-9].*");
  }

  /** What is given for a key, else its default; null if neither is anything. */
  private @Nullable ConfigValue value(String key) {
    ConfigValue value = given.get(key);
    if (value == null || value.valueType() == ConfigValueType.NULL) {
      value = known.get(key);
    }
    return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
  }

  /** A whole number of at least {@code least}. */
  int integer(String key, int least) {
    long value = whole(key);
    if (value < least || value > Integer.MAX_VALUE) {
      throw wrong(key, required(key), "a whole number of at least " + least);
    }
    return (int) value;
  }

  /** A list of numbers, or null when the key has no value. */
  float @Nullable [] optionalNumbers(String key) {
    if (!has(key)) {
      return null;
    }
    double[] given = numbers(key);
    float[] numbers = new float[given.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) given[i];
    }
    return numbers;
  }

  /** Any whole number. */
  long whole(String key) {
    return read(key, "a whole number", Section::wholeNumber);
  }

  /** The library alone would cut 1.5 to 1. */
  private static long wholeNumber(Config value) {
    double number = value.getDouble(LEAF);
    if (number != Math.rint(number)) {
      throw new ConfigException.WrongType(value.origin(), "not whole");
    }
    return value.getLong(LEAF);
  }

  /** A number; what range makes sense is for its user to say. */
  double number(String key) {
    return read(key, "a number", c -> c.getDouble(LEAF));
  }

  /** A finite number above 0. */
  double positive(String key) {
    double value = number(key);
    if (!(value > 0) || Double.isInfinite(value)) {
      throw wrong(key, required(key), "a number above 0");
    }
    return value;
  }

  /** A finite number of at least 0. */
  double notNegative(String key) {
    double value = number(key);
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw wrong(key, required(key), "a number of at least 0");
    }
    return value;
  }

  /** A number of at least 0 and below 1. */
  double share(String key) {
    double value = number(key);
    if (!(value >= 0 && value < 1)) {
      throw wrong(key, required(key), "a number of at least 0 and below 1");
    }
    return value;
  }

  /** A list of numbers. */
  double[] numbers(String key) {
    ConfigValue value = required(key);
    if (!(value instanceof ConfigList list)) {
      throw wrong(key, value, "a list of numbers");
    }
    return list.stream()
        .mapToDouble(v -> element(key, v, "a list of numbers", c -> c.getDouble(LEAF)))
        .toArray();
  }

  /** One number, or a list of them. */
  double[] numberOrNumbers(String key) {
    return required(key) instanceof ConfigList ? numbers(key) : new double[] {number(key)};
  }

  /** true or false. */
  boolean flag(String key) {
    return read(key, "true or false", c -> c.getBoolean(LEAF));
  }

  /** A string. */
  String text(String key) {
    return read(key, "a string", c -> c.getString(LEAF));
  }

  /**
   * A string, or null when the key has no value or an empty one, as {@code -D data.test=} gives.
   */
  @Nullable String optionalText(String key) {
    return has(key) && !text(key).isEmpty() ? text(key) : null;
  }

  /** One of some words. */
  String choice(String key, List<String> words) {
    String word = text(key);
    if (!words.contains(word)) {
      throw at(
          required(key).origin(),
          String.format(
              "%s = \"%s\" is not known%s", join(path, key), word, suggestion(word, words)));
    }
    return word;
  }

  /** A power of two, from {@code least} to {@code most}. */
  int powerOfTwo(String key, int least, int most) {
    int value = integer(key, 0);
    if (Integer.bitCount(value) != 1 || value < least || value > most) {
      int near = Math.max(least, Math.min(most, Integer.highestOneBit(Math.max(1, value))));
      throw wrong(
          key,
          required(key),
          String.format("a power of two from %d to %d, such as %d", least, most, near));
    }
    return value;
  }

  /** One or more whole numbers of at least {@code least}: {@code 5}, or {@code [5, 3]}. */
  int[] integers(String key, int least, String meaning) {
    ConfigValue value = required(key);
    if (!(value instanceof ConfigList list)) {
      return new int[] {integer(key, least)};
    }
    String expected = String.format("%s: whole numbers of at least %d", meaning, least);
    int[] numbers =
        IntStream.range(0, list.size())
            .map(i -> element(key, list.get(i), expected, c -> Math.toIntExact(wholeNumber(c))))
            .toArray();
    for (int number : numbers) {
      if (number < least) {
        throw wrong(key, value, expected);
      }
    }
    return numbers;
  }

  /** The objects of a list. */
  List<ConfigObject> objects(String key) {
    ConfigValue value = required(key);
    if (!(value instanceof ConfigList list) || list.isEmpty()) {
      throw wrong(key, value, "a list of objects, at least one: [{ … }, …]");
    }
    List<ConfigObject> objects = new ArrayList<>();
    for (ConfigValue element : list) {
      if (!(element instanceof ConfigObject object)) {
        throw wrong(key, element, "an object, such as {type = relu}, at place " + objects.size());
      }
      objects.add(object);
    }
    return objects;
  }

  /** One string, or a list of them, at least one. */
  List<String> texts(String key) {
    ConfigValue value = required(key);
    if (!(value instanceof ConfigList list)) {
      return List.of(text(key));
    }
    if (list.isEmpty()) {
      throw wrong(key, value, "a name, or a list of names");
    }
    return list.stream()
        .map(v -> element(key, v, "a name, or a list of names", c -> c.getString(LEAF)))
        .toList();
  }

  /** An object whose keys are free and whose values are strings. */
  Map<String, String> strings(String key) {
    Map<String, String> strings = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : object(key).toConfig().entrySet()) {
      String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
      strings.put(name, String.valueOf(entry.getValue().unwrapped()));
    }
    return strings;
  }

  /** Runs what a value's meaning decides; its complaint is told with the place of {@code key}. */
  <T> T checked(String key, java.util.function.Supplier<T> meaning) {
    try {
      return meaning.get();
    } catch (IllegalArgumentException e) {
      throw at(required(key).origin(), join(path, key) + ": " + e.getMessage());
    } catch (ArithmeticException e) {
      throw at(
          required(key).origin(),
          join(path, key)
              + ": its numbers make an array of over 2^31 values, more than one may have; are they"
              + " right?");
    }
  }

  /** An error at the place of a key's value. */
  JobException error(String key, String message) {
    return at(required(key).origin(), message);
  }

  private ConfigValue required(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      throw at(given.origin(), join(path, key) + " is missing; it has no default");
    }
    return value;
  }

  private static final String LEAF = "value";

  private <T> T read(String key, String expected, Function<Config, T> reader) {
    return element(key, required(key), expected, reader);
  }

  private <T> T element(
      String key, ConfigValue value, String expected, Function<Config, T> reader) {
    try {
      return reader.apply(value.atKey(LEAF));
    } catch (ConfigException | ArithmeticException e) {
      throw wrong(key, value, expected);
    }
  }

  private JobException wrong(String key, ConfigValue found, String expected) {
    return at(
        found.origin(),
        String.format("%s = %s, expected %s", join(path, key), render(found), expected));
  }

  private static String render(ConfigValue value) {
    String text = value.render(com.typesafe.config.ConfigRenderOptions.concise());
    return text.length() > 60 ? text.substring(0, 57) + "..." : text;
  }

  private static JobException at(ConfigOrigin origin, String message) {
    return new JobException(place(origin) + message);
  }

  /** {@code jobs/digits.conf: 12: }. */
  private static String place(ConfigOrigin origin) {
    String description = origin.description();
    if (description.startsWith(COMMAND_LINE)) {
      description = description.substring(0, description.lastIndexOf(':'));
    }
    return description.isEmpty() ? "" : description + ": ";
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
