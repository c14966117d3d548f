/**
 * The native engine: oneDNN's kernels by way of JavaCPP, on native memory.
 *
 * <p>Layouts are plain: images are (n, height, width, channels), weights as the SPI has them. A
 * primitive is made once for each operation, its sizes and n, and kept with its arguments; a call
 * then only points the arguments at its buffers. Where oneDNN would rather have weights in blocks
 * of its own, they are reordered in each call, which keeps every operation a pure function.
 */
@NullMarked
package dev.tributary.engine.onednn;

import org.jspecify.annotations.NullMarked;
