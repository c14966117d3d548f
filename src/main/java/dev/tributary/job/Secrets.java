package dev.tributary.job;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import org.jspecify.annotations.Nullable;

/**
 * Leaves secrets out of the job that is kept: of what stands in {@code data.options} under a name
 * that says it is secret, or is an address with a secret in it, a reference to the environment
 * stays as it was written, and anything else becomes {@link Redaction#HIDDEN}.
 */
final class Secrets {
  private static final String DATA = "data";
  private static final String OPTIONS = "options";

  private Secrets() {}

  /**
   * The same job without secrets.
   *
   * @param job whose references are resolved
   * @param written the same as somebody wrote it
   */
  static ConfigObject hide(ConfigObject job, ConfigObject written) {
    if (!(job.get(DATA) instanceof ConfigObject data)
        || !(data.get(OPTIONS) instanceof ConfigObject options)) {
      return job;
    }
    ConfigObject hidden = hide(options, object(object(written, DATA), OPTIONS), "");
    return job.withValue(DATA, data.withValue(OPTIONS, hidden));
  }

  /** Keys may have dots in them, and are then objects in objects. */
  private static ConfigObject hide(
      ConfigObject options, @Nullable ConfigObject written, String path) {
    ConfigObject hidden = options;
    for (String key : options.keySet()) {
      ConfigValue value = options.get(key);
      String name = path + key;
      if (value instanceof ConfigObject inner) {
        hidden = hidden.withValue(key, hide(inner, object(written, key), name + "."));
      } else {
        hidden = hidden.withValue(key, hide(name, value, value(written, key)));
      }
    }
    return hidden;
  }

  private static ConfigValue hide(String name, ConfigValue value, @Nullable ConfigValue written) {
    String text = String.valueOf(value.unwrapped());
    String shown = Redaction.isSecret(name) ? Redaction.HIDDEN : Redaction.of(text);
    if (shown.equals(text)) {
      return value;
    }
    return written != null && isReference(written) ? written : ConfigValueFactory.fromAnyRef(shown);
  }

  private static boolean isReference(ConfigValue written) {
    try {
      return written.valueType() == null;
    } catch (ConfigException.NotResolved e) {
      return true;
    }
  }

  private static @Nullable ConfigObject object(@Nullable ConfigObject in, String key) {
    return value(in, key) instanceof ConfigObject object ? object : null;
  }

  /** Null where it depends on references that are not resolved. */
  private static @Nullable ConfigValue value(@Nullable ConfigObject in, String key) {
    try {
      return in == null ? null : in.get(key);
    } catch (ConfigException.NotResolved e) {
      return null;
    }
  }
}
