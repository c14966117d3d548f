package dev.tributary.data.files;

import dev.tributary.data.DataException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The header of a NumPy array: a magic number, a version, a length, then a Python dictionary of the
 * element's type, the order and the shape. (NumPy Enhancement Proposal 1: "A simple file format for
 * NumPy arrays".)
 *
 * @param kind {@code f}, {@code i}, {@code u} or {@code b}: float, signed, unsigned, boolean
 * @param bytes of an element
 * @param order of an element's bytes
 * @param rows the first dimension
 * @param row the other dimensions
 * @param length the header's own, in bytes: where elements begin
 */
public record NpyHeader(char kind, int bytes, ByteOrder order, long rows, Row row, long length) {
  /**
   * What one sample has.
   *
   * @param dimensions none for one number
   * @param size numbers in all
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Row(int[] dimensions, int size) {}

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy's own limit, against expressions that take long to parse. */
  private static final int LONGEST = 10_000;

  /** Numbers in a row. */
  private static final long LARGEST = 1L << 26;

  private static final Pattern DESCRIPTION =
      Pattern.compile("'descr'\\s*:\\s*'([<>|=])([fiubcSUOVmM])(\\d{1,4})'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

  /**
   * Reads it; the stream stands at the first element afterwards.
   *
   * @param name the file's, for messages
   * @throws DataException if it is something else, or of a kind that is not read
   */
  public static NpyHeader read(DataInputStream in, String name) throws IOException {
    try {
      byte[] magic = new byte[MAGIC.length];
      in.readFully(magic);
      if (!Arrays.equals(magic, MAGIC)) {
        throw new DataException(
            name + ": does not start as a NumPy array does; write it with numpy.save");
      }
      int version = in.readUnsignedByte();
      in.readUnsignedByte();
      boolean isShort = version == 1;
      long length =
          isShort
              ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
              : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
      if (version < 1 || version > 3 || length > LONGEST) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s: the header says version %d and %,d bytes, but versions are 1 to 3 and headers"
                    + " up to %,d bytes; is the file damaged?",
                name,
                version,
                length,
                LONGEST));
      }
      byte[] text = new byte[(int) length];
      in.readFully(text);
      long before = MAGIC.length + 2L + (isShort ? Short.BYTES : Integer.BYTES);
      return parse(new String(text, StandardCharsets.ISO_8859_1), before + length, name);
    } catch (EOFException e) {
      throw new DataException(
          name + ": the file ends within its header; it is empty or was cut short", e);
    }
  }

  private static NpyHeader parse(String text, long length, String name) {
    Matcher description = DESCRIPTION.matcher(text);
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!description.find() || !order.find() || !shape.find()) {
      throw wrong(name, text.strip(), "{'descr': '<f4', 'fortran_order': False, 'shape': (…), }");
    }
    char kind = description.group(2).charAt(0);
    int bytes = Integer.parseInt(description.group(3));
    String known =
        switch (kind) {
          case 'f' -> "4 8";
          case 'i', 'u' -> "1 2 4 8";
          case 'b' -> "1";
          default -> "";
        };
    if (!Arrays.asList(known.split(" ")).contains(description.group(3))) {
      throw wrong(
          name,
          description.group(),
          "float32, float64, a whole number or bool; convert it, such as x.astype('float32')");
    }
    long[] dimensions = dimensions(shape.group(1), name);
    boolean isOneColumn = Arrays.stream(dimensions).skip(1).allMatch(d -> d == 1);
    if (order.group(1).equals("True") && !isOneColumn) {
      throw wrong(
          name, "Fortran's order", "C's order; save numpy.ascontiguousarray(x) in its place");
    }
    ByteOrder bytesOrder =
        description.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(kind, bytes, bytesOrder, dimensions[0], row(dimensions, name), length);
  }

  private static long[] dimensions(String text, String name) {
    try {
      long[] dimensions =
          Arrays.stream(text.split(","))
              .map(String::strip)
              .filter(d -> !d.isEmpty())
              .mapToLong(Long::parseLong)
              .toArray();
      if (dimensions.length == 0) {
        throw wrong(name, "the shape ()", "a row for each sample");
      }
      return dimensions;
    } catch (NumberFormatException e) {
      throw wrong(name, "the shape (" + text + ")", "whole numbers");
    }
  }

  private static Row row(long[] dimensions, String name) {
    long size = 1;
    for (int i = 1; i < dimensions.length; i++) {
      size = Math.min(size, LARGEST) * Math.min(dimensions[i], LARGEST);
    }
    if (size < 1 || size > LARGEST) {
      throw wrong(
          name,
          "rows of "
              + Arrays.stream(dimensions)
                  .skip(1)
                  .mapToObj(String::valueOf)
                  .collect(Collectors.joining(" x "))
              + " numbers",
          String.format(Locale.ROOT, "1 to %,d of them", LARGEST));
    }
    int[] rest = Arrays.stream(dimensions).skip(1).mapToInt(Math::toIntExact).toArray();
    return new Row(rest, (int) size);
  }

  private static DataException wrong(String name, String found, String expected) {
    String shown = found.length() > 200 ? found.substring(0, 200) + "…" : found;
    return new DataException(
        String.format("%s: the array's header says %s, expected %s", name, shown, expected));
  }

  /** Bytes of a row. */
  public int rowBytes() {
    return Math.multiplyExact(bytes, row.size());
  }

  /** Whether elements are unsigned bytes. */
  public boolean isBytes() {
    return kind == 'u' && bytes == 1;
  }

  /**
   * Refuses a file whose length is not what the header says.
   *
   * @param fileLength in bytes
   */
  public void checkLength(String name, long fileLength) {
    long most = (Long.MAX_VALUE - length) / rowBytes();
    if (rows > most || length + rows * rowBytes() != fileLength) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: has %,d bytes, but its header says %,d rows of %,d bytes behind %,d of header;"
                  + " it was cut short or is damaged",
              name,
              fileLength,
              rows,
              rowBytes(),
              length));
    }
  }

  /** Number {@code i} of a row. */
  double value(ByteBuffer row, int i) {
    int at = i * bytes;
    return switch (kind) {
      case 'f' -> bytes == Float.BYTES ? row.getFloat(at) : row.getDouble(at);
      case 'b' -> row.get(at) == 0 ? 0 : 1;
      case 'i' ->
          switch (bytes) {
            case 1 -> row.get(at);
            case 2 -> row.getShort(at);
            case 4 -> row.getInt(at);
            default -> row.getLong(at);
          };
      default ->
          switch (bytes) {
            case 1 -> row.get(at) & 0xFF;
            case 2 -> row.getShort(at) & 0xFFFF;
            case 4 -> Integer.toUnsignedLong(row.getInt(at));
            default -> unsigned(row.getLong(at));
          };
    };
  }

  private static double unsigned(long value) {
    return value >= 0 ? value : (double) ((value >>> 1) | (value & 1)) * 2;
  }
}
