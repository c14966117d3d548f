/**
 * Random numbers that are a function of where they are used: of a seed, a purpose and two indices.
 * No generator is shared or carried along, so a run drawn on one machine, on many, or resumed from
 * a checkpoint sees the same numbers. The JDK alone.
 */
@NullMarked
package dev.tributary.random;

import org.jspecify.annotations.NullMarked;
