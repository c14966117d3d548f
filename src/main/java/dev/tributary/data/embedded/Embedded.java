package dev.tributary.data.embedded;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.digits.Digits;
import dev.tributary.data.digits.Digits.Part;
import dev.tributary.tensor.Shape;
import java.util.Locale;

/** The data sets that the project makes itself, each endless and the same for the same seed. */
public enum Embedded {
  /** {@link Digits}: one digit in each image, its class. */
  DIGITS(Digits.CLASSES),

  /** {@link DigitPairs}: two digits side by side, and for each digit whether it is there. */
  DIGIT_PAIRS(0),

  /** {@link Houses}: what a house is like, and its price. */
  HOUSE_PRICES(0),

  /** {@link Houses}: what a house is like and what is asked for it; class 1 if it is soon sold. */
  HOUSE_SALES(2);

  /** Makes samples; it holds scratch space and is not for sharing between threads. */
  @FunctionalInterface
  public interface Maker {
    /** Adds sample {@code index} to some. */
    void add(long index, Samples samples);
  }

  private final int classes;

  Embedded(int classes) {
    this.classes = classes;
  }

  /** What a sample holds. */
  public Schema schema() {
    return switch (this) {
      case DIGITS -> Schema.images(Shape.image(Digits.HEIGHT, Digits.WIDTH, 1));
      case DIGIT_PAIRS -> DigitPairs.SCHEMA;
      case HOUSE_PRICES -> Houses.PRICES;
      case HOUSE_SALES -> Houses.SALES;
    };
  }

  /** Different labels; 0 where there are numbers to predict. */
  public int classes() {
    return classes;
  }

  /** Its name in a job file. */
  public String format() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** A maker of one part, from one seed. */
  public Maker open(long seed, Part part) {
    return switch (this) {
      case DIGITS -> {
        Digits digits = new Digits(seed, part);
        byte[] pixels = new byte[Digits.HEIGHT * Digits.WIDTH];
        yield (index, samples) -> {
          digits.draw(index, pixels, 0);
          samples.add(pixels, 0, digits.label(index));
        };
      }
      case DIGIT_PAIRS -> new DigitPairs(seed, part)::add;
      case HOUSE_PRICES -> new Houses(seed, part)::addPrice;
      case HOUSE_SALES -> new Houses(seed, part)::addSale;
    };
  }
}
