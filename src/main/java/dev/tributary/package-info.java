/**
 * Tributary: data-parallel neural-network training on Apache Spark.
 *
 * <p>A tributary carries what one valley gathered; a tree of them makes the river. Gradients are
 * summed the same way: shards into partitions, partitions up a tree to the driver. A newcomer's
 * path through the code: {@link dev.tributary.nn.Layer}, {@link dev.tributary.nn.Affine}, {@link
 * dev.tributary.nn.Network}, {@link dev.tributary.train.Trainer}, {@link
 * dev.tributary.train.LocalGradients}, {@link dev.tributary.spark.SparkGradients} (compare the last
 * two), {@link dev.tributary.job.Assembly}.
 */
@NullMarked
package dev.tributary;

import org.jspecify.annotations.NullMarked;
