package dev.tributary.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.TestIdx;
import dev.tributary.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class IdxReaderTest {
  private static final byte[] IMAGES = TestIdx.images(3, 2, 2);
  private static final byte[] LABELS = TestIdx.labels(0, 2, 1);

  private static IdxReader open(byte[] images, byte[] labels) throws IOException {
    return open(images, labels, 3);
  }

  private static IdxReader open(byte[] images, byte[] labels, int classes) throws IOException {
    return new IdxReader(
        "i.idx",
        new ByteArrayInputStream(images),
        "l.idx",
        new ByteArrayInputStream(labels),
        classes);
  }

  @Test
  void readsPlainAndGzipAlike() throws IOException {
    for (boolean gzip : new boolean[] {false, true}) {
      byte[] images = gzip ? TestIdx.gzip(IMAGES) : IMAGES;
      byte[] labels = gzip ? TestIdx.gzip(LABELS) : LABELS;
      try (IdxReader reader = open(images, labels)) {
        assertThat(reader.count()).isEqualTo(3);
        assertThat(reader.shape()).isEqualTo(Shape.image(2, 2, 1));
        reader.skip(1);
        Samples samples = reader.read(2);
        assertThat(samples.label(0)).isEqualTo(2);
        assertThat(samples.label(1)).isEqualTo(1);
        float[] values = new float[4];
        samples.write(1, values, 0);
        assertThat(values).containsExactly(8 / 255f, 9 / 255f, 10 / 255f, 11 / 255f);
      }
    }
  }

  @Test
  void readsImagesWithoutLabels() throws IOException {
    try (IdxReader reader = new IdxReader("i.idx", new ByteArrayInputStream(IMAGES), "", null, 1)) {
      assertThat(reader.read(3).label(2)).isEqualTo(Samples.UNLABELLED);
    }
  }

  @Test
  void readsColour() throws IOException {
    byte[] header = TestIdx.header(0x00000804, 1, 2, 1, 3);
    byte[] images = Arrays.copyOf(header, header.length + 6);
    try (IdxReader reader = open(images, TestIdx.labels(0))) {
      assertThat(reader.shape()).isEqualTo(Shape.image(2, 1, 3));
    }
  }

  @Test
  void refusesAWrongMagic() {
    assertThatThrownBy(() -> open(LABELS, LABELS))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "i.idx: starts with 0x00000801, but an IDX file of images starts with 0x00000803 or"
                + " 0x00000804; is it another file, or are images and labels swapped?");
    assertThatThrownBy(() -> open(IMAGES, IMAGES))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("l.idx: starts with 0x00000803, but an IDX file of labels");
  }

  @Test
  void refusesDifferentCounts() {
    assertThatThrownBy(() -> open(IMAGES, TestIdx.labels(0, 1)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "i.idx holds 3 images but l.idx holds 2 labels; they must be a pair, one label for each"
                + " image");
  }

  @Test
  void refusesATruncatedHeader() {
    for (int length = 0; length < 16; length++) {
      byte[] cut = Arrays.copyOf(IMAGES, length);
      assertThatThrownBy(() -> open(cut, LABELS))
          .isInstanceOf(DataException.class)
          .hasMessage("i.idx: the file ends within its header; it is empty or was cut short");
    }
  }

  @Test
  void refusesATruncatedBody() throws IOException {
    try (IdxReader reader = open(Arrays.copyOf(IMAGES, IMAGES.length - 1), LABELS)) {
      assertThatThrownBy(() -> reader.read(3))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "i.idx: ends by sample 2, but its header promises 3 samples; the file was cut short:"
                  + " fetch it again");
    }
    try (IdxReader reader = open(IMAGES, Arrays.copyOf(LABELS, LABELS.length - 2))) {
      assertThatThrownBy(() -> reader.read(3))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("l.idx: ends by sample 1, but its header promises 3 samples");
    }
  }

  @Test
  void refusesATruncatedGzip() throws IOException {
    byte[] gzip = TestIdx.gzip(IMAGES);
    try (IdxReader reader = open(Arrays.copyOf(gzip, gzip.length - 12), LABELS)) {
      assertThatThrownBy(() -> reader.read(3))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("i.idx: ends by sample");
    }
  }

  @Test
  void refusesALabelBeyondTheClasses() throws IOException {
    try (IdxReader reader = open(IMAGES, LABELS, 2)) {
      assertThatThrownBy(() -> reader.read(3))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "l.idx: the label of sample 1 is 2, but the network has 2 outputs, so labels are 0 to"
                  + " 1; give its last layer at least 3 outputs, or mend the labels");
    }
  }

  @Test
  void refusesADimensionOfNothing() {
    assertThatThrownBy(() -> open(TestIdx.header(0x00000803, 3, 0, 28), LABELS))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("i.idx: dimension 1 of the header is 0");
    assertThatThrownBy(() -> open(TestIdx.header(0x00000803, -1, 28, 28), LABELS))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("i.idx: dimension 0 of the header is 4294967295");
  }
}
