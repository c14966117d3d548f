/**
 * Shards as files of plain data: written by a sort that needs little memory, checked when they are
 * fetched, read by memory mapping.
 */
@NullMarked
package dev.tributary.data.packed;

import org.jspecify.annotations.NullMarked;
