/**
 * Encoded images (PNG, JPEG, GIF, BMP; grey or colour; of any size) as the pixels of one shape that
 * a network reads.
 */
@NullMarked
package dev.tributary.data.image;

import org.jspecify.annotations.NullMarked;
