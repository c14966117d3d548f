/**
 * The portable engine: matrix products by netlib's BLAS, which Breeze and Spark use too, and
 * convolutions in the frequency domain by JTransforms.
 */
@NullMarked
package dev.tributary.engine.jvm;

import org.jspecify.annotations.NullMarked;
