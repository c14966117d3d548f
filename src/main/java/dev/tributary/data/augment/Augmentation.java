package dev.tributary.data.augment;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is done to training samples, and to no others: alterations one after the other, before
 * features are prepared, and mix-up at the end.
 */
public final class Augmentation implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing is done. */
  public static final Augmentation NONE = new Augmentation(List.of(), null);

  /**
   * An alteration that some samples undergo.
   *
   * @param probability that a sample does, in an epoch
   */
  public record Chance(Alteration alteration, double probability) implements Serializable {
    /** With a probability. */
    public Chance {
      if (!(probability >= 0 && probability <= 1)) {
        throw new IllegalArgumentException("probability must be from 0 to 1, not " + probability);
      }
    }

    String describe() {
      return alteration.describe()
          + (probability == 1
              ? ""
              : String.format(Locale.ROOT, ", with probability %.3g", probability));
    }
  }

  private final ArrayList<Chance> chances;
  private final @Nullable MixUp mixUp;

  /** These, in order. */
  public Augmentation(List<Chance> chances, @Nullable MixUp mixUp) {
    this.chances = new ArrayList<>(chances);
    this.mixUp = mixUp;
  }

  /** Whether nothing is done. */
  public boolean isNone() {
    return chances.isEmpty() && mixUp == null;
  }

  /** The alterations, in order. */
  List<Chance> chances() {
    return chances;
  }

  /** The last of all, if there is one. */
  public @Nullable MixUp mixUp() {
    return mixUp;
  }

  /** Each in words. */
  public List<String> describe() {
    List<String> words = new ArrayList<>();
    chances.forEach(chance -> words.add(chance.describe()));
    if (mixUp != null) {
      words.add(mixUp.describe());
    }
    return words;
  }
}
