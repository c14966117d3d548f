/**
 * The training loop, and the one seam between the mathematics and the machinery: a source of
 * gradients.
 */
@NullMarked
package dev.tributary.train;

import org.jspecify.annotations.NullMarked;
