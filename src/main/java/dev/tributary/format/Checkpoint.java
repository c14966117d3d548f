package dev.tributary.format;

import dev.tributary.train.Snapshot;
import java.util.Map;

/**
 * Where a run was, and of what it was a run.
 *
 * @param snapshot where it was
 * @param origin of what run
 */
public record Checkpoint(Snapshot snapshot, Origin origin) {
  /**
   * Of what run a checkpoint is.
   *
   * @param job the job in full, as HOCON, without credentials
   * @param identity what a later run must have in common, by name: the data's hash, the engine, …
   * @param versions what made it, by name, which a later run need not have in common
   */
  public record Origin(String job, Map<String, String> identity, Map<String, String> versions) {}
}
