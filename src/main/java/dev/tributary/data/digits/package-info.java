/** Handwritten-like digits, drawn by the project itself: a data set that needs no download. */
@NullMarked
package dev.tributary.data.digits;

import org.jspecify.annotations.NullMarked;
