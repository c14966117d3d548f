package dev.tributary.job;

import dev.tributary.data.embedded.Embedded;
import dev.tributary.data.image.Fit;
import dev.tributary.data.packed.Storage;
import dev.tributary.nn.Loss;
import dev.tributary.nn.loss.MulticlassHinge;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a job's {@code data} section. */
final class DataParser {
  private static final String PACKED = "packed";

  private DataParser() {}

  /**
   * The section's data.
   *
   * @param arrives whether data arrives for retraining, so that there need be no training data
   */
  static Job.DataSpec data(Section data, Loss loss, boolean arrives) {
    List<String> formats =
        Stream.of(
                FileSpec.formats(),
                Stream.of(PACKED),
                TableSpec.FORMATS.stream(),
                Stream.of(Embedded.values()).map(Embedded::format))
            .flatMap(s -> s)
            .toList();
    String format = data.choice("format", formats);
    boolean isTable = TableSpec.FORMATS.contains(format);
    boolean isPacked = format.equals(PACKED);
    boolean isMade = !isTable && !isPacked && FileSpec.formats().noneMatch(format::equals);
    if (!isMade && !arrives && data.optionalText("train") == null) {
      throw data.error("format", "data.format = " + format + " needs data.train" + such(format));
    }
    double[] shares = shares(data, isMade);
    String made = format.startsWith("house") ? "houses" : "digits";
    Section sizes = data.section(made, Assembly.known("data." + made));
    return new Job.DataSpec(
        isMade ? Embedded.valueOf(format.toUpperCase(Locale.ROOT)) : null,
        isTable ? table(data, format, loss) : null,
        isTable || isMade || isPacked ? null : files(data, format, loss),
        data.optionalText("train"),
        isMade ? null : data.optionalText("validation"),
        data.optionalText("test"),
        shares[0],
        shares[1],
        new Job.Made(sizes.integer("train", 1), sizes.integer("test", 0), sizes.whole("seed")),
        isPacked,
        Storage.valueOf(
            data.choice("storage", List.of("auto", "memory", "disk")).toUpperCase(Locale.ROOT)));
  }

  private static String such(String format) {
    return switch (format) {
      case "idx" -> ", such as -D data.train=DIR/train for DIR/train-images-idx3-ubyte.gz";
      case "cifar10" -> ", such as -D data.train=DIR/data_batch_*.bin";
      case "npy" -> ", such as -D data.train=DIR/x_train.npy,DIR/y_train.npy";
      case PACKED -> ": the directory that pack has written";
      case "images" -> ": a folder that holds a folder of images for each class";
      default -> ": a path, a table's name or a query";
    };
  }

  /** The shares of the training samples for validation and for the test. */
  private static double[] shares(Section data, boolean isMade) {
    double validation = data.share("validation_share");
    double test = 0;
    if (data.has("split")) {
      if (validation > 0) {
        throw data.error("split", "data.split and data.validation_share exclude each other");
      }
      Section split = data.section("split", Assembly.known("defaults.split"));
      validation = split.share("validation");
      test = split.share("test");
      double sum = split.positive("train") + validation + test;
      if (Math.abs(sum - 1) > 1e-9) {
        throw data.error(
            "split", "the shares of data.split add up to " + sum + "; make them add up to 1");
      }
    }
    if (!isMade && validation > 0 && data.optionalText("validation") != null) {
      throw data.error(
          data.has("split") ? "split" : "validation_share",
          data.has("split")
              ? "data.validation and data.split.validation exclude each other"
              : "data.validation and data.validation_share exclude each other");
    }
    if (test > 0 && (isMade || data.optionalText("test") != null)) {
      throw data.error("split", "data.split.test and test data of its own exclude each other");
    }
    return new double[] {validation, test};
  }

  private static FileSpec files(Section data, String format, Loss loss) {
    return new FileSpec(
        FileSpec.Format.valueOf(format.toUpperCase(Locale.ROOT)),
        labels(data, loss),
        fit(data),
        badRows(data));
  }

  private static LabelRule labels(Section data, Loss loss) {
    boolean classLoss =
        loss instanceof SoftmaxCrossEntropy
            || loss instanceof MulticlassHinge
            || loss instanceof SigmoidCrossEntropy;
    return new LabelRule(data.choice("label_kind", List.of("auto", "class", "numbers")), classLoss);
  }

  private static Fit fit(Section data) {
    List<String> words =
        Stream.of(Fit.values()).map(fit -> fit.name().toLowerCase(Locale.ROOT)).toList();
    return Fit.valueOf(data.choice("fit", words).toUpperCase(Locale.ROOT));
  }

  private static BadRowRule badRows(Section data) {
    return new BadRowRule(
        data.choice("on_bad_row", List.of("fail", "skip")).equals("skip"),
        data.share("bad_row_share"));
  }

  private static TableSpec table(Section data, String format, Loss loss) {
    List<String> labels = data.texts("label");
    LabelRule rule = labels(data, loss);
    if (rule.kind().equals("class") && labels.size() > 1) {
      throw data.error("label_kind", "data.label_kind = class needs one column in data.label");
    }
    String image = image(data, format);
    if (image != null && data.has("features")) {
      throw data.error(
          "features",
          "data.features and data.image exclude each other; images are all that is read of column "
              + image);
    }
    return new TableSpec(
        format,
        data.strings("options"),
        data.has("features") ? data.texts("features") : List.of(),
        image,
        sparse(data, format),
        fit(data),
        data.has("categorical") ? data.texts("categorical") : List.of(),
        labels,
        rule.areClasses(labels.size()),
        data.optionalText("weight"),
        badRows(data));
  }

  private static boolean sparse(Section data, String format) {
    String word = data.choice("sparse", List.of("auto", "true", "false"));
    return word.equals("true") || (word.equals("auto") && format.equals("libsvm"));
  }

  /** The column of images that Spark's own sources of images have. */
  private static @Nullable String image(Section data, String format) {
    String given = data.optionalText("image");
    if (given != null) {
      return given;
    }
    return switch (format) {
      case "image" -> "image";
      case "binary_file" -> "content";
      default -> null;
    };
  }
}
