package dev.tributary.data.files;

import dev.tributary.data.DataException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * The header of an IDX file, MNIST's format: big-endian, two zero bytes, a type (8 for unsigned
 * bytes), the number of dimensions, then each as 4 bytes. (LeCun, Cortes, Burges: "The MNIST
 * database".)
 */
final class IdxHeader {
  private static final int UNSIGNED_BYTES = 0x08;

  private final int[] dimensions;

  private IdxHeader(int[] dimensions) {
    this.dimensions = dimensions;
  }

  /**
   * Reads a header of unsigned bytes.
   *
   * @param name the file's, for messages
   * @param what what it should hold: images, or labels
   * @param ranks the numbers of dimensions it may have
   * @throws DataException if it is something else
   */
  static IdxHeader read(DataInputStream in, String name, String what, int... ranks)
      throws IOException {
    try {
      int magic = in.readInt();
      int rank = magic & 0xFF;
      if (magic >>> 8 != UNSIGNED_BYTES || Arrays.stream(ranks).noneMatch(r -> r == rank)) {
        throw wrongMagic(name, what, magic, ranks);
      }
      int[] dimensions = new int[rank];
      for (int i = 0; i < rank; i++) {
        dimensions[i] = in.readInt();
        if (dimensions[i] < (i == 0 ? 0 : 1)) {
          throw new DataException(
              name
                  + ": dimension "
                  + i
                  + " of the header is "
                  + Integer.toUnsignedLong(dimensions[i])
                  + ", which no IDX file of "
                  + what
                  + " has; is the file damaged?");
        }
      }
      return new IdxHeader(dimensions);
    } catch (EOFException e) {
      throw new DataException(
          name + ": the file ends within its header; it is empty or was cut short", e);
    }
  }

  private static DataException wrongMagic(String name, String what, int magic, int[] ranks) {
    StringBuilder expected = new StringBuilder();
    for (int rank : ranks) {
      expected.append(expected.length() == 0 ? "" : " or ");
      expected.append(String.format("0x%08x", UNSIGNED_BYTES << 8 | rank));
    }
    return new DataException(
        String.format(
            "%s: starts with 0x%08x, but an IDX file of %s starts with %s; is it another file, or"
                + " are images and labels swapped?",
            name, magic, what, expected));
  }

  /** Outermost first; the first is the number of samples. */
  int[] dimensions() {
    return dimensions;
  }

  /** The number of samples. */
  int count() {
    return dimensions[0];
  }
}
