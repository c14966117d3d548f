/**
 * The portable engine: Java loops on heap arrays, matrix products by netlib through Breeze's views.
 * It runs anywhere Java does.
 */
@NullMarked
package dev.tributary.engine.jvm;

import org.jspecify.annotations.NullMarked;
