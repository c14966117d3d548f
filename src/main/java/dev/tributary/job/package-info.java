/**
 * A run as a value: the job file's parser, and Assembly, the one place where names become objects.
 */
@NullMarked
package dev.tributary.job;

import org.jspecify.annotations.NullMarked;
