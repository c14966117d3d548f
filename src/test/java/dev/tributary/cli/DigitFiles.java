package dev.tributary.cli;

import dev.tributary.data.TestIdx;
import dev.tributary.data.TestImages;
import dev.tributary.data.TestNpy;
import dev.tributary.data.digits.Digits;
import dev.tributary.data.files.CifarReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** The same digits as files of every format that a reader of ours reads. */
final class DigitFiles {
  static final int COUNT = 300;
  private static final int SIZE = Digits.HEIGHT * Digits.WIDTH;

  private final byte[] pixels = new byte[COUNT * SIZE];
  private final long[] labels = new long[COUNT];

  /** Training digits of seed 1. */
  DigitFiles() {
    Digits digits = new Digits(1, Digits.Part.TRAIN);
    for (int i = 0; i < COUNT; i++) {
      digits.draw(i, pixels, i * SIZE);
      labels[i] = digits.label(i);
    }
  }

  private byte[] image(int i) {
    return Arrays.copyOfRange(pixels, i * SIZE, (i + 1) * SIZE);
  }

  /** A file of one digit. */
  byte[] png(int i) {
    return TestImages.encode("png", image(i), Digits.HEIGHT, Digits.WIDTH);
  }

  int label(int i) {
    return (int) labels[i];
  }

  /** {@code FOLDER/train-images-idx3-ubyte.gz} and its labels; what names them. */
  String idx(Path folder) throws IOException {
    byte[] header = TestIdx.header(0x00000803, COUNT, Digits.HEIGHT, Digits.WIDTH);
    int[] classes = Arrays.stream(labels).mapToInt(c -> (int) c).toArray();
    Files.createDirectories(folder);
    Files.write(
        folder.resolve("train-images-idx3-ubyte.gz"), TestIdx.gzip(TestNpy.joined(header, pixels)));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), TestIdx.labels(classes));
    return folder.toUri() + "train";
  }

  /** {@code FOLDER/x.npy} and {@code FOLDER/y.npy}; what names them. */
  String npy(Path folder) throws IOException {
    Files.createDirectories(folder);
    String shape = String.format(Locale.ROOT, "%d, %d, %d", COUNT, Digits.HEIGHT, Digits.WIDTH);
    Files.write(folder.resolve("x.npy"), TestNpy.bytes(shape, pixels));
    Files.write(folder.resolve("y.npy"), TestNpy.longs(COUNT + ",", labels));
    return folder.toUri() + "x.npy," + folder.toUri() + "y.npy";
  }

  /** {@code FOLDER/PREFIX7/12.png}; what names them. */
  String images(Path folder, String prefix) throws IOException {
    for (int i = 0; i < COUNT; i++) {
      Path own = Files.createDirectories(folder.resolve(prefix + labels[i]));
      Files.write(own.resolve(i + ".png"), png(i));
    }
    return folder.toUri().toString();
  }

  /** CIFAR-10's records, the digit in the middle of each channel; what names them. */
  String cifar(Path folder, int files) throws IOException {
    Files.createDirectories(folder);
    for (int f = 0; f < files; f++) {
      byte[] bytes = new byte[COUNT / files * CifarReader.RECORD];
      for (int i = 0; i < COUNT / files; i++) {
        byte[] colour = colour(f * COUNT / files + i);
        for (int j = 0; j < colour.length; j++) {
          bytes[i * CifarReader.RECORD + 1 + j % 3 * 1024 + j / 3] = colour[j];
        }
        bytes[i * CifarReader.RECORD] = (byte) labels[f * COUNT / files + i];
      }
      Files.write(folder.resolve("data_batch_" + f + ".bin"), bytes);
    }
    return folder.toUri().toString();
  }

  /** The same as {@link #cifar}, as (n, 32, 32, 3) of NumPy's. */
  String colourNpy(Path folder) throws IOException {
    Files.createDirectories(folder);
    byte[] all = new byte[0];
    for (int i = 0; i < COUNT; i++) {
      all = TestNpy.joined(all, colour(i));
    }
    Files.write(folder.resolve("x.npy"), TestNpy.bytes(COUNT + ", 32, 32, 3", all));
    Files.write(folder.resolve("y.npy"), TestNpy.longs(COUNT + ", 1", labels));
    return folder.toUri() + "x.npy," + folder.toUri() + "y.npy";
  }

  /** (32, 32, 3): each channel the digit, another times darker. */
  private byte[] colour(int i) {
    byte[] colour = new byte[CifarReader.SHAPE.size()];
    for (int y = 0; y < Digits.HEIGHT; y++) {
      for (int x = 0; x < Digits.WIDTH; x++) {
        int value = pixels[i * SIZE + y * Digits.WIDTH + x] & 0xFF;
        for (int c = 0; c < 3; c++) {
          colour[((y + 2) * 32 + x + 2) * 3 + c] = (byte) (value / (c + 1));
        }
      }
    }
    return colour;
  }
}
