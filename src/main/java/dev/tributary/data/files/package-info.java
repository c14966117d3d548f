/**
 * Readers of files whose records follow each other: IDX, CIFAR-10's binary form, NumPy's arrays.
 */
@NullMarked
package dev.tributary.data.files;

import org.jspecify.annotations.NullMarked;
