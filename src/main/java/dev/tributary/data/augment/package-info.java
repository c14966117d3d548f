/**
 * Random changes to training samples, keyed by seed, epoch and sample, so that they are the same on
 * any number of partitions and after a retry.
 */
@NullMarked
package dev.tributary.data.augment;

import org.jspecify.annotations.NullMarked;
