/**
 * The portable engine: Java loops on heap arrays, matrix products by netlib through Breeze's views,
 * Fourier transforms by JTransforms. It runs anywhere Java does and is the reference for every
 * other engine.
 */
@NullMarked
package dev.tributary.engine.jvm;

import org.jspecify.annotations.NullMarked;
