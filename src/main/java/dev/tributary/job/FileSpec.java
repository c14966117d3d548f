package dev.tributary.job;

import dev.tributary.data.image.Fit;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How files that are no tables become samples.
 *
 * @param format what they are
 * @param labels whether labels are classes, where the format leaves it open
 * @param fit how images come to the network's size
 * @param badRows what becomes of samples that are none
 */
public record FileSpec(Format format, LabelRule labels, Fit fit, BadRowRule badRows) {
  /** MNIST's files that somebody names, with no job that says more. */
  public static final FileSpec IDX =
      new FileSpec(Format.IDX, new LabelRule("auto", true), Fit.STRETCH, BadRowRule.FAIL);

  /** What files there are. */
  public enum Format {
    /** MNIST's. */
    IDX,
    /** CIFAR-10's, the binary version. */
    CIFAR10,
    /** NumPy's arrays, in pairs. */
    NPY,
    /** A folder of images for each class. */
    IMAGES;

    /** Its name in a job file. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Names of all formats. */
  static Stream<String> formats() {
    return Stream.of(Format.values()).map(Format::word);
  }
}
