package dev.tributary.job;

import dev.tributary.data.embedded.Embedded;
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
                Stream.of("idx", PACKED),
                TableSpec.FORMATS.stream(),
                Stream.of(Embedded.values()).map(Embedded::format))
            .flatMap(s -> s)
            .toList();
    String format = data.choice("format", formats);
    boolean isTable = TableSpec.FORMATS.contains(format);
    boolean isPacked = format.equals(PACKED);
    boolean isMade = !isTable && !isPacked && !format.equals("idx");
    if (!isMade && !arrives && data.optionalText("train") == null) {
      throw data.error(
          "format",
          isPacked
              ? "data.format = packed needs data.train: the directory that pack has written"
              : isTable
                  ? "data.format = "
                      + format
                      + " needs data.train: a path, a table's name or a query"
                  : "data.format = idx needs data.train, such as -D data.train=DIR/train for"
                      + " DIR/train-images-idx3-ubyte.gz");
    }
    double[] shares = shares(data, isMade);
    String made = format.startsWith("house") ? "houses" : "digits";
    Section sizes = data.section(made, Assembly.known("data." + made));
    return new Job.DataSpec(
        isMade ? Embedded.valueOf(format.toUpperCase(Locale.ROOT)) : null,
        isTable ? table(data, format, loss) : null,
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

  private static TableSpec table(Section data, String format, Loss loss) {
    List<String> labels = data.texts("label");
    String kind = data.choice("label_kind", List.of("auto", "class", "numbers"));
    boolean classLoss =
        loss instanceof SoftmaxCrossEntropy
            || loss instanceof MulticlassHinge
            || loss instanceof SigmoidCrossEntropy;
    boolean classes =
        kind.equals("class") || (kind.equals("auto") && classLoss && labels.size() == 1);
    if (classes && labels.size() > 1) {
      throw data.error("label_kind", "data.label_kind = class needs one column in data.label");
    }
    @Nullable String weight = data.optionalText("weight");
    return new TableSpec(
        format,
        data.strings("options"),
        data.has("features") ? data.texts("features") : List.of(),
        data.has("categorical") ? data.texts("categorical") : List.of(),
        labels,
        classes,
        weight,
        data.choice("on_bad_row", List.of("fail", "skip")).equals("skip"),
        data.share("bad_row_share"));
  }
}
