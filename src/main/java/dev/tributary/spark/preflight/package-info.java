/** What would go wrong in a run, found before it begins. */
@NullMarked
package dev.tributary.spark.preflight;

import org.jspecify.annotations.NullMarked;
