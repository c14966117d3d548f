/**
 * Synchronous all-reduce by slices, for large models: the flat values are cut into pieces, each
 * executor owns a run of them with its part of the optimizer's slots; the gradients' pieces go to
 * their owners, who add them along the fixed tree, move the piece and send it to all the others. It
 * travels through Spark's block transfer, authenticated and encrypted as Spark is configured.
 */
@NullMarked
package dev.tributary.spark.slices;

import org.jspecify.annotations.NullMarked;
