package dev.tributary.format;

import dev.tributary.train.Snapshot;
import java.util.Map;

/**
 * Where a run was, and of what it was a run.
 *
 * @param snapshot where it was
 * @param job the job in full, as HOCON
 * @param identity what a later run must have in common, by name: the data's hash, the engine, …
 */
public record Checkpoint(Snapshot snapshot, String job, Map<String, String> identity) {}
