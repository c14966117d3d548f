package dev.tributary.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.BadRowException;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.TestNpy;
import dev.tributary.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NpyReaderTest {
  private static final Schema TWO = new Schema(Shape.flat(2), false, 0, false);

  private static NpyReader.Array array(String name, byte[] file) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
    return new NpyReader.Array(name, NpyHeader.read(in, name), in);
  }

  private static NpyReader open(byte[] x, byte[] y, Schema schema, int classes) throws IOException {
    return new NpyReader(
        array("x.npy", x),
        array("y.npy", y),
        new NpyReader.Target(schema, classes, new BitSet()),
        0);
  }

  private static NpyHeader header(byte[] file) throws IOException {
    return NpyHeader.read(new DataInputStream(new ByteArrayInputStream(file)), "x.npy");
  }

  @Test
  void readsNumbersAndClasses() throws IOException, BadRowException {
    byte[] x = TestNpy.floats("2, 2", 1.5f, -0f, 3, 4);
    Samples samples = new Samples(TWO, 2);
    try (NpyReader reader = open(x, TestNpy.longs("2,", 1, 0), TWO, 2)) {
      reader.next(samples);
      reader.next(samples);
      reader.checkEnd();
    }
    float[] values = new float[4];
    samples.write(0, values, 0);
    samples.write(1, values, 2);
    assertThat(values).containsExactly(1.5f, 0f, 3f, 4f);
    assertThat(samples.label(0)).isEqualTo(1);
    assertThat(samples.label(1)).isZero();
  }

  @Test
  void readsPixelsAndSharesOfClasses() throws IOException, BadRowException {
    Schema schema = new Schema(Shape.image(1, 2, 1), true, 3, false);
    Samples samples = new Samples(schema, 1);
    byte[] y = TestNpy.floats("1, 3", 0.2f, 0.3f, 0.5f);
    open(TestNpy.bytes("1, 1, 2", (byte) 255, (byte) 51), y, schema, 0).next(samples);
    float[] values = new float[2];
    samples.write(0, values, 0);
    assertThat(values).containsExactly(255 * (1 / 255f), 51 * (1 / 255f));
    assertThat(samples.target(0, 2)).isEqualTo(0.5f);
  }

  @ParameterizedTest
  @CsvSource({
    "|b1,1,1",
    "|i1,1,-1",
    "|u1,1,255",
    "<i2,2,-1",
    "<u2,2,65535",
    "<i4,4,-1",
    "<u4,4,4294967295",
    "<i8,8,-1",
    "<u8,8,18446744073709551615",
    ">u2,2,65535"
  })
  void readsWholeNumbersOfAnySize(String type, int bytes, double expected) throws IOException {
    NpyHeader header = header(TestNpy.header(type, "1, 1"));
    byte[] ones = new byte[bytes];
    java.util.Arrays.fill(ones, (byte) 0xFF);
    double value = header.value(java.nio.ByteBuffer.wrap(ones).order(header.order()), 0);
    assertThat(value).isEqualTo(expected);
  }

  @Test
  void readsTheHeadersThatNumpyWrites() throws IOException {
    NpyHeader big = header(TestNpy.header(">f8", "10, 3, 4"));
    assertThat(big.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    assertThat(big.rows()).isEqualTo(10);
    assertThat(big.row().size()).isEqualTo(12);
    assertThat(big.rowBytes()).isEqualTo(96);
    assertThat(big.length()).isEqualTo(128);
    assertThat(header(TestNpy.header("<f4", "7,")).row().size()).isEqualTo(1);
  }

  private static void refuses(String type, String shape, String found, String expected) {
    byte[] file = TestNpy.header(type, shape);
    assertThatThrownBy(() -> header(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.npy: the array's header says " + found)
        .hasMessageContaining("expected " + expected);
  }

  @Test
  void refusesWhatItDoesNotRead() {
    String types = "float32, float64, a whole number or bool; convert it, such as x.astype";
    refuses("<f2", "3, 2", "'descr': '<f2'", types);
    refuses("<c8", "3, 2", "'descr': '<c8'", types);
    refuses("|O", "3, 2", "{'descr': '|O'", "{'descr': '<f4'");
    refuses("<f4", "", "the shape ()", "a row for each sample");
    refuses("<f4", "3, 0", "rows of 0 numbers", "1 to 67,108,864 of them");
    refuses("<f4", "3, 99999999, 99999999", "rows of 99999999 x 99999999", "1 to");
    refuses("<f4", "99999999999999999999", "the shape (99999999999999999999)", "whole numbers");
  }

  @Test
  void refusesOtherFilesAndLengths() throws IOException {
    assertThatThrownBy(() -> header(new byte[20]))
        .hasMessage("x.npy: does not start as a NumPy array does; write it with numpy.save");
    byte[] file = TestNpy.floats("2, 2", 1, 2, 3, 4);
    assertThatThrownBy(() -> header(java.util.Arrays.copyOf(file, 50)))
        .hasMessage("x.npy: the file ends within its header; it is empty or was cut short");
    assertThatThrownBy(() -> header(file).checkLength("x.npy", file.length - 1))
        .hasMessageStartingWith("x.npy: has 143 bytes, but its header says 2 rows of 8 bytes");
    byte[] fortran =
        new String(file, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replace("False", "True ")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> header(fortran))
        .hasMessageContaining("Fortran's order, expected C's order; save numpy.ascontiguousarray");
  }

  @Test
  void goesOnBehindBadRows() throws IOException, BadRowException {
    byte[] x = TestNpy.floats("4, 2", 1, 2, Float.NaN, 2, 3, 4, 5, 6);
    Samples samples = new Samples(TWO, 2);
    try (NpyReader reader = open(x, TestNpy.floats("4,", 0, 1, 1.5f, 1), TWO, 2)) {
      reader.next(samples);
      assertThatThrownBy(() -> reader.next(samples))
          .isInstanceOf(BadRowException.class)
          .hasMessage("feature 0 of sample 1 is NaN, not a finite float32");
      assertThat(reader.file()).isEqualTo("x.npy");
      assertThatThrownBy(() -> reader.next(samples))
          .isInstanceOf(BadRowException.class)
          .hasMessageStartingWith("the label of sample 2 is 1.5, but classes are 0 to 1");
      assertThat(reader.file()).isEqualTo("y.npy");
      reader.next(samples);
    }
    assertThat(samples.count()).isEqualTo(2);
  }
}
