/**
 * Update rules as chains of transforms with explicit slots, and learning rate schedules. The JDK
 * alone.
 */
@NullMarked
package dev.tributary.optim;

import org.jspecify.annotations.NullMarked;
