package dev.tributary.job;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.io.File;
import java.net.URL;

/**
 * What text must be like to be parsed at all: of a bounded length and depth, and without includes,
 * so that who writes it reads no other file, and no address, through it.
 */
final class Door {
  private static final int LONGEST = 4 << 20;

  /** The parser takes some frames of its stack for each. */
  private static final int DEEPEST = 200;

  private Door() {}

  /**
   * Refuses text that is too long or too deep.
   *
   * @param origin the file, for messages
   */
  static void check(String text, String origin) {
    if (text.length() > LONGEST) {
      throw new JobException(
          String.format(
              "%s: %,d characters, more than the %,d that are read; is it a job file?",
              origin, text.length(), LONGEST));
    }
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[' || c == '{' || c == '(') {
        depth++;
      } else if (c == ']' || c == '}' || c == ')') {
        depth = Math.max(0, depth - 1);
      }
      if (depth > DEEPEST) {
        throw new JobException(
            String.format(
                "%s: over %d brackets within each other; is it a job file?", origin, DEEPEST));
      }
    }
  }

  /** How text is parsed. */
  static ConfigParseOptions options(String origin) {
    return ConfigParseOptions.defaults()
        .setOriginDescription(origin)
        .setIncluder(new NoIncludes(origin));
  }

  /** Says no, however an include is written. */
  private record NoIncludes(String origin)
      implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    private JobException refusal(String what) {
      return new JobException(
          origin
              + ": include "
              + Redaction.ofAddresses(what)
              + ": a job file includes no other; put all of it into one file, or use -D");
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      throw refusal(what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
      throw refusal(what.toString());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
      throw refusal(what.toString());
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
      throw refusal(what);
    }
  }
}
