/**
 * Shapes, and Breeze's matrix views of slices of flat arrays. Memory is row-major, one sample after
 * the other.
 */
@NullMarked
package dev.tributary.tensor;

import org.jspecify.annotations.NullMarked;
