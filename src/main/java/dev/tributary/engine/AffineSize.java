package dev.tributary.engine;

import java.io.Serializable;

/** The sizes of an affine operation: weight is (outputs, inputs). */
public record AffineSize(int inputs, int outputs) implements Serializable {}
