/** How well predictions do, as sums that come to the same in any partitioning. */
@NullMarked
package dev.tributary.train.metrics;

import org.jspecify.annotations.NullMarked;
