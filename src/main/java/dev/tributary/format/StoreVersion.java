package dev.tributary.format;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One model of a {@link ModelStore}, which never changes: what {@code version.json} says of it.
 *
 * @param number from 1
 * @param directory where it lies, a run directory in form: {@code model/}, {@code job.conf}, …
 * @param details everything that {@code version.json} says
 */
public record StoreVersion(int number, String directory, JsonNode details) {
  /** The period it was trained for, as the scheduler names it. */
  public String period() {
    return details.path("period").asText();
  }

  /** When it was made, ISO 8601. */
  public String created() {
    return details.path("created").asText();
  }

  /** Whether it was found good enough to become the champion. */
  public boolean isPromoted() {
    return details.path("promoted").asBoolean();
  }

  /** Why it was promoted, or was not. */
  public String why() {
    return details.path("why").asText();
  }
}
