package dev.tributary.engine;

import java.io.Serializable;

/**
 * The sizes of a normalisation.
 *
 * @param features values in a row
 * @param epsilon what keeps the divisor from 0
 */
public record NormSize(int features, double epsilon) implements Serializable {}
