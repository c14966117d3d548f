/**
 * What is done to features before the network reads them, alike in training, evaluation and
 * prediction: fitted once, on the training samples alone, and kept with the model.
 */
@NullMarked
package dev.tributary.data.prepare;

import org.jspecify.annotations.NullMarked;
