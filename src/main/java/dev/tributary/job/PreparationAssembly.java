package dev.tributary.job;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.tributary.data.prepare.Clipping;
import dev.tributary.data.prepare.Columns;
import dev.tributary.data.prepare.Filling;
import dev.tributary.data.prepare.Logarithm;
import dev.tributary.data.prepare.OneHot;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.data.prepare.RangeScaling;
import dev.tributary.data.prepare.Standardization;
import dev.tributary.data.prepare.Transformation;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of transformations of features become objects, and back. */
public final class PreparationAssembly {
  private PreparationAssembly() {}

  /**
   * The preparation of a saved model: what {@link #text} gave.
   *
   * @param origin the file, for messages
   * @param reads the shape that the network reads
   * @throws JobException if it is not one, or not fitted
   */
  public static Preparation preparation(String text, String origin, Shape reads) {
    ConfigObject given = Assembly.saved("{\"prepare\": " + text + "}", origin);
    Section section = Section.of(given, Assembly.known("data"), "");
    Preparation preparation = preparation(section, "prepare", reads);
    if (!preparation.isFitted()) {
      throw section.error(
          "prepare",
          "the preparation lacks what was found in the training samples, such as a mean; the"
              + " file was edited or is damaged");
    }
    return preparation;
  }

  /** A preparation as a job file says it, what was fitted included, as JSON. */
  public static String text(Preparation preparation) {
    return ConfigValueFactory.fromIterable(preparation.toMaps())
        .render(ConfigRenderOptions.concise());
  }

  /** The preparation under a key, which gives what the network reads. */
  static Preparation preparation(Section section, String key, Shape reads) {
    List<Section> given = sections(section, key);
    Shape input = input(given, reads);
    List<Transformation> transformations = new ArrayList<>();
    for (Section s : given) {
      transformations.add(s.checked("type", () -> transformation(s, input)));
    }
    return given.isEmpty()
        ? Preparation.none(input)
        : section.checked(key, () -> new Preparation(input, transformations));
  }

  private static List<Section> sections(Section section, String key) {
    List<Section> sections = new ArrayList<>();
    for (ConfigObject object : section.objectsOrTypes(key)) {
      String path = section.path(key) + "[" + sections.size() + "]";
      sections.add(Assembly.typed(object, "preparation", path));
    }
    return sections;
  }

  /** What comes before one_hot has fewer columns than the network reads. */
  private static Shape input(List<Section> given, Shape reads) {
    long added = 0;
    for (Section s : given) {
      if (s.text("type").equals("one_hot")) {
        int[] categories = categories(s);
        for (int count : categories) {
          added += count - 1;
        }
        if (reads.isImage() || added >= reads.size()) {
          throw s.error(
              "categories",
              String.format(
                  "one_hot adds %d columns, but network.input is [%s]; make it [columns before + %d]",
                  added, reads, added));
        }
      }
    }
    return added == 0 ? reads : Shape.flat((int) (reads.size() - added));
  }

  private static int[] categories(Section s) {
    return s.integers("categories", 1, "categories of each column");
  }

  private static Transformation transformation(Section s, Shape shape) {
    int @Nullable [] numbers =
        s.has("columns") ? s.integers("columns", 0, "columns, or an image's channels") : null;
    Columns columns = new Columns(shape, numbers);
    return switch (s.text("type")) {
      case "standardize" -> new Standardization(columns, values(s, "mean"), values(s, "deviation"));
      case "scale" -> new RangeScaling(columns, values(s, "from"), values(s, "to"));
      case "clip" -> new Clipping(columns, bound(s, "low"), bound(s, "high"));
      case "log1p" -> new Logarithm(columns);
      case "fill" -> new Filling(columns, filling(s));
      case "one_hot" ->
          new OneHot(
              columns,
              categories(s),
              s.choice("unknown", List.of("error", "zeros")).equals("zeros"));
      // A type that reference.conf knows and that is forgotten here.
      default -> throw new IllegalStateException(s.text("type"));
    };
  }

  private static double @Nullable [] filling(Section s) {
    if (s.isWord("value")) {
      s.choice("value", List.of("mean"));
      return null;
    }
    return values(s, "value");
  }

  private static @Nullable Double bound(Section s, String key) {
    return s.has(key) ? (Double) s.number(key) : null;
  }

  /** A number, or a list of them; null when the key has no value. */
  private static double @Nullable [] values(Section s, String key) {
    return s.has(key) ? s.numberOrNumbers(key) : null;
  }
}
