package dev.tributary.job;

import com.typesafe.config.ConfigObject;
import dev.tributary.data.augment.Alteration;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.augment.Brightness;
import dev.tributary.data.augment.Contrast;
import dev.tributary.data.augment.Crop;
import dev.tributary.data.augment.CutOut;
import dev.tributary.data.augment.Flip;
import dev.tributary.data.augment.MixUp;
import dev.tributary.data.augment.Rotation;
import dev.tributary.data.augment.Shift;
import dev.tributary.nn.Embedding;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.loss.MulticlassHinge;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names of random changes to training samples become objects. */
final class AugmentationAssembly {
  private AugmentationAssembly() {}

  /**
   * What {@code data.augment} says.
   *
   * @param shape of a sample as it is read
   */
  static Augmentation augmentation(Section data, Shape shape, Network network, Loss loss) {
    List<Augmentation.Chance> chances = new ArrayList<>();
    MixUp mixUp = null;
    List<ConfigObject> given = data.objectsOrTypes("augment");
    for (int i = 0; i < given.size(); i++) {
      Section s =
          Assembly.typed(given.get(i), "augmentation", data.path("augment") + "[" + i + "]");
      if (!s.text("type").equals("mix_up")) {
        chances.add(chance(s, shape));
      } else if (i < given.size() - 1) {
        throw s.error("type", "mix_up must come last in data.augment");
      } else {
        mixUp = mixUp(s, network, loss);
      }
    }
    return new Augmentation(chances, mixUp);
  }

  private static MixUp mixUp(Section s, Network network, Loss loss) {
    if (loss instanceof MulticlassHinge) {
      throw s.error(
          "type",
          "mix_up makes two classes right in part, but multiclass_hinge wants one; take another"
              + " train.loss, such as softmax_cross_entropy");
    }
    if (network.layers().stream().anyMatch(Embedding.class::isInstance)) {
      throw s.error(
          "type",
          "mix_up adds up features, but numbers of categories, which embedding reads, have no sum;"
              + " leave out one or the other");
    }
    return s.checked("alpha", () -> new MixUp(s.number("alpha")));
  }

  private static Augmentation.Chance chance(Section s, Shape shape) {
    String type = s.text("type");
    if (!shape.isImage()) {
      throw s.error(
          "type",
          String.format(
              "%s is for images, but samples have %s flat features; give network.input = [height,"
                  + " width, channels], or leave it out",
              type, shape));
    }
    Alteration alteration = s.checked("type", () -> alteration(s, type, shape));
    return s.checked(
        "probability", () -> new Augmentation.Chance(alteration, s.number("probability")));
  }

  private static Alteration alteration(Section s, String type, Shape shape) {
    return switch (type) {
      case "crop" -> {
        int[] padding = s.checked("padding", () -> pair(s, "padding"));
        yield new Crop(shape, padding[0], padding[1], border(s));
      }
      case "flip" ->
          new Flip(
              shape, s.choice("direction", List.of("horizontal", "vertical")).equals("horizontal"));
      case "shift" -> shift(s, shape);
      case "rotate" -> new Rotation(shape, s.notNegative("degrees"));
      case "cut_out" -> {
        int[] size = s.checked("size", () -> pair(s, "size"));
        yield new CutOut(shape, size[0], size[1]);
      }
      case "brightness" -> new Brightness(shape, s.notNegative("most"));
      case "contrast" -> new Contrast(shape, s.notNegative("most"));
      // A type that reference.conf knows and that is forgotten here.
      default -> throw new IllegalStateException(type);
    };
  }

  private static Crop.Border border(Section s) {
    return Crop.Border.valueOf(
        s.choice("border", List.of("zero", "edge", "reflect")).toUpperCase(Locale.ROOT));
  }

  private static Shift shift(Section s, Shape shape) {
    double[] most = s.numberOrNumbers("most");
    boolean wrong = most.length > 2 || most.length == 0;
    for (double share : most) {
      wrong |= !(share >= 0 && share < 1);
    }
    if (wrong) {
      throw s.error(
          "most",
          s.path("most")
              + " must be a share of the height and width, or [of the height, of the width], each at"
              + " least 0 and below 1");
    }
    return new Shift(shape, most[0], most[most.length - 1]);
  }

  /** Pixels: one number for both directions, or [vertical, horizontal]. */
  private static int[] pair(Section s, String key) {
    int[] given = s.integers(key, 0, "pixels, or [vertical, horizontal]");
    if (given.length > 2 || given.length == 0) {
      throw new IllegalArgumentException(
          "has " + given.length + " numbers, expected one, or [vertical, horizontal]");
    }
    return new int[] {given[0], given[given.length - 1]};
  }
}
