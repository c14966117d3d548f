package dev.tributary.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.BadRowException;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class CifarReaderTest {
  /** Records whose first red, green and blue pixels are 1, 2, 3 and last ones 4, 5, 6. */
  private static byte[] file(int... labels) {
    byte[] file = new byte[labels.length * CifarReader.RECORD];
    for (int i = 0; i < labels.length; i++) {
      int at = i * CifarReader.RECORD;
      file[at] = (byte) labels[i];
      for (int c = 0; c < 3; c++) {
        file[at + 1 + c * 1024] = (byte) (1 + c);
        file[at + 1 + c * 1024 + 1023] = (byte) (4 + c);
      }
    }
    return file;
  }

  private static CifarReader open(byte[] file) {
    return new CifarReader("c.bin", new ByteArrayInputStream(file), 0, 10);
  }

  @Test
  void putsChannelsSideBySide() throws IOException, BadRowException {
    Samples samples = new Samples(CifarReader.SCHEMA, 2);
    try (CifarReader reader = open(file(7, 2))) {
      reader.next(samples);
      reader.next(samples);
      reader.checkEnd();
    }
    assertThat(samples.label(0)).isEqualTo(7);
    assertThat(samples.label(1)).isEqualTo(2);
    float[] x = new float[3072];
    samples.write(1, x, 0);
    float scale = 1 / 255f;
    assertThat(x).startsWith(scale, 2 * scale, 3 * scale, 0f);
    assertThat(x).endsWith(4 * scale, 5 * scale, 6 * scale);
  }

  @Test
  void goesOnBehindABadLabel() throws IOException, BadRowException {
    Samples samples = new Samples(CifarReader.SCHEMA, 2);
    try (CifarReader reader = open(file(10, 3))) {
      assertThatThrownBy(() -> reader.next(samples))
          .isInstanceOf(BadRowException.class)
          .hasMessageStartingWith("the label of sample 0 is 10, but classes are 0 to 9");
      reader.next(samples);
    }
    assertThat(samples.count()).isEqualTo(1);
    assertThat(samples.label(0)).isEqualTo(3);
  }

  @Test
  void refusesOtherLengths() {
    assertThat(CifarReader.count("c.bin", 2 * 3073)).isEqualTo(2);
    assertThatThrownBy(() -> CifarReader.count("c.bin", 6000))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "c.bin: 6,000 bytes are no whole number of CIFAR-10's records of 3,073 bytes");
    CifarReader cut = open(new byte[100]);
    assertThatThrownBy(() -> cut.next(new Samples(CifarReader.SCHEMA, 1)))
        .hasMessage("c.bin: ends within sample 0; it was cut short");
    CifarReader more = open(new byte[1]);
    assertThatThrownBy(more::checkEnd)
        .hasMessageStartingWith("c.bin: goes on behind its 0 samples");
  }
}
