/** What is measured, and never tested: kernels, whole steps, and PyTorch beside them. */
@NullMarked
package dev.tributary.bench;

import org.jspecify.annotations.NullMarked;
