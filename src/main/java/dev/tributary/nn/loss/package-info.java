/** The losses, each with its formula and derivative; sums over samples, in double precision. */
@NullMarked
package dev.tributary.nn.loss;

import org.jspecify.annotations.NullMarked;
