/**
 * Samples, shards and mini-batches as primitive arrays; the pure parts of the readers. A data set's
 * shards are a function of its content and the seed alone.
 */
@NullMarked
package dev.tributary.data;

import org.jspecify.annotations.NullMarked;
