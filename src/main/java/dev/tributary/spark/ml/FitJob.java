package dev.tributary.spark.ml;

import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.JobParser;
import dev.tributary.job.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.param.Param;
import org.jspecify.annotations.Nullable;

/** An estimator's params as a job: the keys of a job file that they stand for. */
final class FitJob {
  /** What a job calls the rows that are fitted to. */
  static final String TRAIN = "the dataset";

  /** What a job calls the rows that are evaluated on. */
  static final String VALIDATION = "the dataset's validation rows";

  private final NeuralNetEstimator<?> estimator;
  private final List<Setting> settings = new ArrayList<>();

  private FitJob(NeuralNetEstimator<?> estimator) {
    this.estimator = estimator;
  }

  /**
   * The job of an estimator.
   *
   * @param features the column of features
   * @param label the column of what is predicted
   * @param classes whether that is a class, and not numbers
   * @param defaultLoss where neither a param nor the job's text says one
   * @throws JobException if it cannot be run
   */
  static Job of(
      NeuralNetEstimator<?> estimator,
      String features,
      String label,
      boolean classes,
      String defaultLoss) {
    FitJob job = new FitJob(estimator);
    job.model(defaultLoss);
    job.training();
    job.data(features, label, classes);
    String text = ParamAccess.text(estimator, estimator.job());
    return JobParser.parse(
        text == null ? "" : text, "param job", estimator.uid(), List.copyOf(job.settings));
  }

  private boolean hasJob() {
    return ParamAccess.text(estimator, estimator.job()) != null;
  }

  private void model(String defaultLoss) {
    String network = ParamAccess.text(estimator, estimator.network());
    int @Nullable [] sizes = ParamAccess.get(estimator, estimator.layers());
    if (network != null && sizes != null) {
      throw new JobException("params network and layers exclude each other; clear one of them");
    }
    if (network == null && sizes == null && !hasJob()) {
      throw new JobException(
          "the network is missing; give it with setNetwork, or with setLayers as in MLlib");
    }
    if (network != null) {
      replace("network", "network", network);
    } else if (sizes != null) {
      replace("layers", "network", NetworkDefinition.perceptron(sizes).toString());
    }
    String loss = ParamAccess.text(estimator, estimator.loss());
    if (loss != null || !hasJob()) {
      replace("loss", "train.loss", loss == null ? defaultLoss : loss);
    }
    text(estimator.prepare(), "data.prepare");
    text(estimator.augment(), "data.augment");
  }

  private void training() {
    if (estimator.isSet(estimator.optimizer()) || !hasJob()) {
      String optimizer = estimator.getOrDefault(estimator.optimizer());
      replace(
          "optimizer", "train.optimizer", isWord(optimizer) ? "type = " + optimizer : optimizer);
    }
    value(estimator.stepSize(), "train.optimizer.rate");
    text(estimator.schedule(), "train.schedule");
    value(estimator.maxIter(), "train.epochs");
    value(estimator.batchSize(), "train.batch");
    value(estimator.seed(), "train.seed");
    value(estimator.shards(), "train.shards");
    text(estimator.engine(), "train.engine");
    text(estimator.precision(), "train.precision");
    text(estimator.exchange(), "train.exchange");
    text(estimator.metric(), "train.metric");
    value(estimator.patience(), "train.stop.patience");
    value(estimator.tol(), "train.stop.min_change");
    if (estimator.isSet(estimator.checkpointInterval())) {
      value(estimator.checkpointInterval(), "train.checkpoint.every");
      settings.add(Setting.ofText("param checkpointInterval", "train.checkpoint.unit", "epochs"));
    }
  }

  /** The dataset as a table, in the words with which the command line would read it from a file. */
  private void data(String features, String label, boolean classes) {
    settings.add(Setting.ofText("param featuresCol", "data.format", "parquet"));
    settings.add(Setting.ofTexts("param featuresCol", "data.features", List.of(features)));
    settings.add(Setting.ofTexts("param labelCol", "data.label", List.of(label)));
    settings.add(
        Setting.ofText("param labelCol", "data.label_kind", classes ? "class" : "numbers"));
    settings.add(Setting.ofText("the dataset", "data.train", TRAIN));
    for (String key : List.of("categorical", "options", "test", "validation")) {
      settings.add(new Setting("the dataset", "data." + key, "null"));
    }
    if (ParamAccess.text(estimator, estimator.validationIndicatorCol()) != null) {
      settings.add(Setting.ofText("param validationIndicatorCol", "data.validation", VALIDATION));
    }
    String weight = ParamAccess.text(estimator, estimator.weightCol());
    settings.add(
        weight == null
            ? new Setting("param weightCol", "data.weight", "null")
            : Setting.ofText("param weightCol", "data.weight", weight));
    if (estimator.isSet(estimator.handleInvalid())) {
      boolean skips = estimator.getHandleInvalid().equals("skip");
      settings.add(
          Setting.ofText("param handleInvalid", "data.on_bad_row", skips ? "skip" : "fail"));
      // Spark ML's "skip" sets no bound; without a single good row the dataset is empty.
      settings.add(new Setting("param handleInvalid", "data.bad_row_share", "0.999999"));
    }
  }

  /** A text that takes the place of what the job's own text has. */
  private void replace(String param, String key, String text) {
    settings.add(new Setting("param " + param, key, "null"));
    settings.add(new Setting("param " + param, key, literal(text)));
  }

  private void text(Param<String> param, String key) {
    if (estimator.isSet(param) && ParamAccess.text(estimator, param) != null) {
      replace(param.name(), key, estimator.getOrDefault(param));
    }
  }

  private void value(Param<Object> param, String key) {
    if (estimator.isSet(param)) {
      String number = String.format(Locale.ROOT, "%s", estimator.getOrDefault(param));
      settings.add(new Setting("param " + param.name(), key, number));
    }
  }

  private static boolean isWord(String text) {
    return text.strip().matches("\\w+");
  }

  /** As HOCON: a word, a list, an object, or an object without its braces. */
  private static String literal(String text) {
    String bare = text.strip();
    return isWord(bare) || bare.startsWith("{") || bare.startsWith("[") ? bare : "{" + bare + "\n}";
  }
}
