/** Samples from the rows of Spark's DataFrames: files of any data source, tables, queries. */
@NullMarked
package dev.tributary.spark.table;

import org.jspecify.annotations.NullMarked;
