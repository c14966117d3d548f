/**
 * The engine SPI: who owns the buffers and offers the dozen operations that cost time, each forward
 * and backward.
 */
@NullMarked
package dev.tributary.engine;

import org.jspecify.annotations.NullMarked;
