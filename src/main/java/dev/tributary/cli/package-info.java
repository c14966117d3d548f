/** The command line: one small class for each verb. */
@NullMarked
package dev.tributary.cli;

import org.jspecify.annotations.NullMarked;
