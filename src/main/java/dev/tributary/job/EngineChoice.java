package dev.tributary.job;

import dev.tributary.engine.EngineProvider;

/**
 * The engine of a job.
 *
 * @param provider what opens it
 * @param reason why this one, for those who wonder
 */
public record EngineChoice(EngineProvider provider, String reason) {}
