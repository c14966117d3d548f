/** A network told to a reader: what its layers cost, what they compute, what they look like. */
@NullMarked
package dev.tributary.nn.inspect;

import org.jspecify.annotations.NullMarked;
