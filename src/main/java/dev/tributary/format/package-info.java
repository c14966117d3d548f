/** The model directory: what is on disk, and nothing about where the disk is. */
@NullMarked
package dev.tributary.format;

import org.jspecify.annotations.NullMarked;
