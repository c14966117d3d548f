/**
 * The oracle: every operation a plain loop over its definition, in double precision, with no regard
 * for time. Other engines are tested against it, and gradients are checked with it; it trains
 * nothing.
 */
@NullMarked
package dev.tributary.engine.plain;

import org.jspecify.annotations.NullMarked;
