/**
 * Layers, losses, initializers and the network they make. A layer holds sizes, never weights or
 * buffers; losses and gradients are sums over samples.
 */
@NullMarked
package dev.tributary.nn;

import org.jspecify.annotations.NullMarked;
