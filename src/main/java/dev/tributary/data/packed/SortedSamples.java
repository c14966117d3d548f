package dev.tributary.data.packed;

import dev.tributary.data.ContentHash;
import java.io.IOException;

/** Takes samples in the order of their hashes. */
@FunctionalInterface
interface SortedSamples {
  /** The next: {@code length} bytes of features, targets and weight, and its label. */
  void accept(ContentHash hash, byte[] content, int from, int length, int label) throws IOException;
}
