/** Data sets that the project makes itself, so that its jobs run without a download. */
@NullMarked
package dev.tributary.data.embedded;

import org.jspecify.annotations.NullMarked;
