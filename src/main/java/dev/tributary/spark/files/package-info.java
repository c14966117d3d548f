/** Files that are no tables, on any Hadoop filesystem, as sources of samples. */
@NullMarked
package dev.tributary.spark.files;

import org.jspecify.annotations.NullMarked;
