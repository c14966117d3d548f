package dev.tributary.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.TestImages;
import dev.tributary.tensor.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageDecoderTest {
  private static byte[] decode(byte[] encoded, Fit fit, int... shape) throws BadRowException {
    return new ImageDecoder(Shape.image(shape[0], shape[1], shape[2]), fit).decode(encoded);
  }

  @ParameterizedTest
  @CsvSource({"png,1", "png,3", "png,4", "bmp,3"})
  void imagesOfTheRightShapeKeepTheirBytes(String format, int channels) throws BadRowException {
    byte[] pixels = TestImages.pixels(5, 7, channels);
    byte[] encoded = TestImages.encode(format, pixels, 5, 7);
    for (Fit fit : Fit.values()) {
      assertThat(decode(encoded, fit, 5, 7, channels)).isEqualTo(pixels);
    }
  }

  /** The expected checksums and bytes are those of Pillow 12.3, Image.resize(…, BILINEAR). */
  @ParameterizedTest
  @CsvSource({
    "5,7,3, 4,6, 2678332989, 21568b4d82a37891",
    "5,7,1, 9,3, 3934305778, 206fbe447f967f99",
    "40,33,3, 28,28, 2307268066, 2b6095578ca48490",
    "3,2,1, 28,28, 570054672, 0000000000000001",
    "100,64,1, 7,5, 4222831116, 7e807f818282807e",
  })
  void resizesAsPillowDoes(
      int height, int width, int channels, int toHeight, int toWidth, long crc, String start)
      throws BadRowException {
    byte[] encoded =
        TestImages.encode("png", TestImages.pixels(height, width, channels), height, width);
    byte[] resized = decode(encoded, Fit.STRETCH, toHeight, toWidth, channels);
    assertThat(HexFormat.of().formatHex(resized, 0, 8)).isEqualTo(start);
    CRC32 sum = new CRC32();
    sum.update(resized);
    assertThat(sum.getValue()).isEqualTo(crc);
  }

  /** Pillow's convert("L"). */
  @Test
  void makesGreyOfColourAndColourOfGrey() throws BadRowException {
    byte[] colour = TestImages.encode("png", TestImages.pixels(5, 7, 3), 5, 7);
    assertThat(HexFormat.of().formatHex(decode(colour, Fit.STRETCH, 5, 7, 1)))
        .isEqualTo("2b50759abfc75690bccb61406c98d8755b8ea4d7bd5a94b155d82f69bf4d413576b7ab");
    byte[] pixels = TestImages.pixels(2, 2, 1);
    byte[] three = decode(TestImages.encode("png", pixels, 2, 2), Fit.STRETCH, 2, 2, 3);
    for (int i = 0; i < three.length; i++) {
      assertThat(three[i]).isEqualTo(pixels[i / 3]);
    }
    byte[] four = decode(TestImages.encode("png", pixels, 2, 2), Fit.STRETCH, 2, 2, 4);
    assertThat(four[3]).isEqualTo((byte) 255);
  }

  @Test
  void readsSixteenBitsAndPalettes() throws BadRowException {
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0xABCD);
    deep.getRaster().setSample(1, 0, 0, 0x00FF);
    assertThat(decode(TestImages.encode("png", deep), Fit.STRETCH, 1, 2, 1))
        .containsExactly(0xAB, 0x00);
    byte[] ramp = {0, 80, (byte) 200, (byte) 255};
    IndexColorModel palette = new IndexColorModel(2, 4, ramp, ramp, ramp);
    BufferedImage indexed = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    for (int x = 0; x < 4; x++) {
      indexed.getRaster().setSample(x, 0, 0, x);
    }
    for (String format : new String[] {"png", "gif"}) {
      assertThat(decode(TestImages.encode(format, indexed), Fit.STRETCH, 1, 4, 1)).isEqualTo(ramp);
    }
  }

  @Test
  void readsJpegs() throws BadRowException {
    byte[] flat = new byte[16 * 16 * 3];
    for (int i = 0; i < flat.length; i += 3) {
      flat[i] = (byte) 200;
      flat[i + 1] = 40;
      flat[i + 2] = 90;
    }
    byte[] decoded = decode(TestImages.encode("jpg", flat, 16, 16), Fit.STRETCH, 16, 16, 3);
    for (int i = 0; i < flat.length; i++) {
      assertThat(decoded[i] & 0xFF).isBetween((flat[i] & 0xFF) - 3, (flat[i] & 0xFF) + 3);
    }
    byte[] grey = new byte[64];
    Arrays.fill(grey, (byte) 128);
    assertThat(decode(TestImages.encode("jpg", grey, 8, 8), Fit.STRETCH, 4, 4, 1))
        .containsOnly(128);
  }

  @Test
  void cropsAndPadsToTheProportions() throws BadRowException {
    byte[] columns = new byte[4 * 8];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = (byte) (10 * (i % 8));
    }
    byte[] wide = TestImages.encode("png", columns, 4, 8);
    assertThat(decode(wide, Fit.CROP, 4, 4, 1)).startsWith(20, 30, 40, 50);
    byte[] padded = decode(wide, Fit.PAD, 8, 8, 1);
    assertThat(Arrays.copyOf(padded, 16)).containsOnly(0);
    assertThat(Arrays.copyOfRange(padded, 16, 48)).isEqualTo(columns);
    assertThat(Arrays.copyOfRange(padded, 48, 64)).containsOnly(0);
    assertThat(decode(wide, Fit.PAD, 1, 200, 1)).hasSize(200);
    assertThat(decode(wide, Fit.CROP, 200, 1, 1)).hasSize(200);
  }

  private static void refuses(byte[] bytes, String why) {
    assertThatThrownBy(() -> decode(bytes, Fit.STRETCH, 4, 4, 1))
        .isInstanceOfSatisfying(
            BadRowException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNDECODABLE_IMAGE))
        .hasMessageContaining(why);
  }

  @Test
  void refusesWhatIsNoWholeImage() {
    refuses(new byte[0], "there are no bytes");
    refuses("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8), "it starts with 0x68656c6c");
    byte[] png = TestImages.encode("png", TestImages.pixels(9, 9, 1), 9, 9);
    refuses(Arrays.copyOf(png, png.length - 1), "a damaged png (it ends before its end is marked");
    byte[] flipped = png.clone();
    flipped[45] ^= 4;
    refuses(flipped, "has a wrong checksum, at byte 33)");
    byte[] jpeg = TestImages.encode("jpg", TestImages.pixels(64, 64, 1), 64, 64);
    refuses(Arrays.copyOf(jpeg, jpeg.length / 2), "a damaged");
  }

  /** A header alone must not make us ask for gigabytes. */
  @Test
  void refusesMorePixelsThanItsBytesCanTell() {
    byte[] png = TestImages.encode("png", TestImages.pixels(4, 4, 1), 4, 4);
    ByteBuffer header = ByteBuffer.wrap(png).putInt(16, 8000).putInt(20, 8000);
    CRC32 sum = new CRC32();
    sum.update(png, 12, 17);
    header.putInt(29, (int) sum.getValue());
    refuses(png, "its header says 8,000 x 8,000 pixels, which are more than");
  }

  @Test
  void refusesChannelsThatNoImageHas() {
    assertThatThrownBy(() -> new ImageDecoder(Shape.image(4, 4, 2), Fit.PAD))
        .hasMessageContaining("images have 1, 3 or 4 channels");
  }
}
