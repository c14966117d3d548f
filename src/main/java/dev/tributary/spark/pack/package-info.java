/** The distributed pass that makes packed shards of any source, and where they are kept. */
@NullMarked
package dev.tributary.spark.pack;

import org.jspecify.annotations.NullMarked;
