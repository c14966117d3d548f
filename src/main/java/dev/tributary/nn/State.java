package dev.tributary.nn;

import java.io.Serializable;

/**
 * Numbers of a layer that are not trained but follow the data, such as running statistics. In
 * training a layer leaves, for its part of the mini-batch, its new values times the number of its
 * samples; these are summed as gradients are, and the trainer moves the state towards their mean.
 *
 * @param name what it is
 * @param size how many numbers
 * @param initial what they start at
 * @param momentum how far a step moves them: {@code state ← (1 − momentum) state + momentum mean}
 */
public record State(String name, int size, float initial, double momentum)
    implements Serializable {}
