package dev.tributary.data.digits;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.Objects;

/**
 * An endless set of labelled 28x28 grey images of digits, in the manner of MNIST: light ink on dark
 * paper, 0 to 255.
 *
 * <p>Each sample is drawn when asked for, by five classes:
 *
 * <pre>
 *   {@link StrokePaths}   a way to write the digit: the points that a pen passes through
 *   {@link Hand}          where they come to lie: jitter, warp, slant, turn, size, place
 *   {@link Pen}           smooth strokes through them, pressed more or less, with gaps
 *   {@link Smudges}       marks that mean nothing
 *   {@link Paper}         blur, contrast and grain: the bytes
 * </pre>
 *
 * <p>Sample i of (seed, part) is a function of these three alone, whatever was drawn before. The
 * ten samples from 10 k to 10 k + 9 have ten different labels, in random order, so any multiple of
 * ten is balanced.
 *
 * <p>Where the digits stand and how they lean make it harder than MNIST for a network without
 * convolutions. Learning from 60,000 and tested on 10,000, a network of affine layers,
 * 784-256-128-10, reaches 94 to 96 % in six epochs; two convolutions of 5x5 with 8 and 16 channels,
 * each pooled by 2x2, before affine layers 784-64-10 reach 99 % in four.
 *
 * <p>An instance holds scratch space and is not for sharing between threads.
 */
public final class Digits {
  /** Columns of an image. */
  public static final int WIDTH = 28;

  /** Rows of an image. */
  public static final int HEIGHT = 28;

  /** Different labels: 0 to 9. */
  public static final int CLASSES = 10;

  /** What the samples are for; the parts of one seed have nothing in common. */
  public enum Part {
    /** To train on. */
    TRAIN,

    /** To test on. */
    TEST
  }

  /** Minor indices of the streams: an image's own stream, and that of the labels of ten samples. */
  private static final int IMAGE = 0;

  private static final int LABELS = 1;

  private final long seed;
  private final Purpose purpose;
  private final Philox random;
  private final int[] labels = new int[CLASSES];
  private final Canvas canvas = new Canvas(WIDTH, HEIGHT);
  private final Hand hand = new Hand(WIDTH, HEIGHT);
  private final Pen pen = new Pen(canvas);
  private final Smudges smudges = new Smudges(canvas);
  private final Paper paper = new Paper(canvas);

  /** The samples of one part, drawn from one seed. */
  public Digits(long seed, Part part) {
    this.seed = seed;
    this.purpose =
        switch (part) {
          case TRAIN -> Purpose.DIGITS_TRAIN;
          case TEST -> Purpose.DIGITS_TEST;
        };
    this.random = Philox.stream(seed, purpose, 0, IMAGE);
  }

  /**
   * The digit that the sample shows, 0 to 9.
   *
   * @throws IllegalArgumentException if the index is negative
   */
  public int label(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("index (" + index + ") must not be negative");
    }
    random.restart(seed, purpose, index / CLASSES, LABELS);
    for (int i = 0; i < CLASSES; i++) { // Fisher and Yates, from the inside out
      int j = random.nextInt(i + 1);
      labels[i] = labels[j];
      labels[j] = i;
    }
    return labels[(int) (index % CLASSES)];
  }

  /**
   * Draws a sample into {@code pixels[offset]} and on: (height, width), row by row from the top,
   * each pixel an unsigned byte, 0 dark to 255 light.
   *
   * @throws IllegalArgumentException if the index is negative
   * @throws IndexOutOfBoundsException if the image does not fit the array
   */
  public void draw(long index, byte[] pixels, int offset) {
    Objects.checkFromIndexSize(offset, WIDTH * HEIGHT, pixels.length);
    int label = label(index);
    random.restart(seed, purpose, index, IMAGE);
    canvas.clear();
    Glyph glyph = StrokePaths.choose(label, random);
    hand.place(glyph, random);
    pen.write(glyph, hand, random);
    smudges.add(random);
    paper.develop(pixels, offset, random);
  }
}
