/**
 * Training on Spark: sources of samples, the shards as an RDD, gradients by a fixed tree,
 * evaluation and prediction.
 */
@NullMarked
package dev.tributary.spark;

import org.jspecify.annotations.NullMarked;
