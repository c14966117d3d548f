package dev.tributary.spark.ml;

import dev.tributary.data.DataException;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.EngineChoice;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.PreparationAssembly;
import dev.tributary.job.TrainedModel;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.Sources;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fits an estimator's network to a dataset, by the same run as the command line's. */
final class Fitting {
  private static final Logger LOG = LoggerFactory.getLogger(Fitting.class);

  private final NeuralNetEstimator<?> estimator;
  private final Job job;
  private final boolean classes;
  private BooleanSupplier stop = () -> false;

  /**
   * Of an estimator.
   *
   * @param job that its params say
   * @param classes whether a class is predicted, and not numbers
   */
  Fitting(NeuralNetEstimator<?> estimator, Job job, boolean classes) {
    this.estimator = estimator;
    this.job = job;
    this.classes = classes;
  }

  /** Ends with a checkpoint, where there is a checkpointDir, when this says so after a step. */
  Fitting stoppedBy(BooleanSupplier when) {
    stop = when;
    return this;
  }

  /** What a fit gives. */
  record Fitted(TrainedNetwork network, NeuralNetTrainingSummary summary) {}

  /**
   * Trains to the end.
   *
   * @throws IllegalArgumentException if data or params are not what they should be
   */
  Fitted fit(Dataset<?> dataset) {
    try {
      return train(dataset.toDF());
    } catch (JobException | DataException e) {
      throw new IllegalArgumentException(estimator.uid() + ": " + e.getMessage(), e);
    }
  }

  private Fitted train(Dataset<Row> dataset) {
    SparkSession session = dataset.sparkSession();
    Configuration hadoop = session.sessionState().newHadoopConf();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    Sources sources =
        new Sources(job.data(), job.model().network(), job.model().preparation(), hadoop)
            .from(tables(dataset));
    LabelsSeen train = new LabelsSeen(sources.train());
    check(train, sources);
    TrainingRun run = new TrainingRun(context, job);
    warmStart(run, hadoop);
    NeuralNetTrainingSummary.Recorder recorder = new NeuralNetTrainingSummary.Recorder();
    String folder = ParamAccess.text(estimator, estimator.checkpointDir());
    try (FitCheckpoints checkpoints = new FitCheckpoints(folder, job, hadoop, stop)) {
      TrainingRun.Result result = run.run(new Data(train, sources), recorder, checkpoints);
      checkpoints.completed();
      NeuralNetTrainingSummary summary =
          new NeuralNetTrainingSummary(recorder, result.training(), result.test(), warnings(train));
      summary.warnings().forEach(w -> LOG.warn("{}: {}", estimator.uid(), w));
      Map<String, Object> provenance =
          provenance(result, summary, checkpoints.identity(), session.version());
      ModelDirectory model =
          new ModelDirectory(
              job.model().networkText(),
              job.model().lossText(),
              PreparationAssembly.text(result.preparation()),
              result.training().values(),
              provenance);
      return new Fitted(new TrainedNetwork(model, estimator.uid(), job.text()), summary);
    }
  }

  private record Data(SampleSource train, Sources sources) implements TrainingRun.Data {
    @Override
    public @Nullable SampleSource validation() {
      return sources.validation();
    }

    @Override
    public @Nullable SampleSource test() {
      return sources.test();
    }
  }

  private FrameTables tables(Dataset<Row> dataset) {
    String indicator = ParamAccess.text(estimator, estimator.validationIndicatorCol());
    Map<String, Dataset<Row>> tables = new HashMap<>();
    if (indicator == null) {
      tables.put(FitJob.TRAIN, dataset);
    } else {
      org.apache.spark.sql.Column isValidation = functions.col("`" + indicator + "`");
      tables.put(FitJob.TRAIN, dataset.where(functions.not(isValidation)));
      tables.put(FitJob.VALIDATION, dataset.where(isValidation));
    }
    return new FrameTables(tables);
  }

  private void check(SampleSource train, Sources sources) {
    boolean evaluates = sources.test() != null || sources.validation() != null;
    int outputs = job.model().network().output().size();
    Task task = Predictor.task(job.objective(), train.schema());
    try {
      job.training().rules().check(task.metrics(job.model().loss(), outputs), evaluates);
    } catch (IllegalArgumentException e) {
      throw new JobException(
          e.getMessage()
              + (evaluates ? "" : " (of an estimator: set validationIndicatorCol, or job)"),
          e);
    }
  }

  private void warmStart(TrainingRun run, Configuration hadoop) {
    String directory = ParamAccess.text(estimator, estimator.initialModel());
    Vector weights = ParamAccess.get(estimator, estimator.initialWeights());
    if (directory != null && weights != null) {
      throw new JobException("params initialModel and initialWeights exclude each other");
    }
    if (directory != null) {
      TrainedModel from = TrainedModel.of(ModelDirectory.read(directory, hadoop), directory);
      checkCount(directory, from.weights().length);
      run.startingFrom(from.weights(), from.objective().preparation());
    } else if (weights != null) {
      checkCount("param initialWeights", weights.size());
      float[] values = new float[weights.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) weights.apply(i);
      }
      run.startingFrom(values, job.model().preparation());
    }
  }

  private void checkCount(String origin, int count) {
    int expected = job.model().network().valueCount();
    if (count != expected) {
      throw new JobException(
          String.format(
              "%s has %,d weights, but the network has %,d; it is not of this network",
              origin, count, expected));
    }
  }

  private List<String> warnings(LabelsSeen train) {
    List<String> warnings = new ArrayList<>();
    if (classes && train.classes().cardinality() == 1) {
      warnings.add(
          String.format(
              "all labels are %d: with a single class there is nothing to learn",
              train.classes().nextSetBit(0)));
    }
    return warnings;
  }

  /** What a run's summary says, by the same names, and what the data was. */
  private Map<String, Object> provenance(
      TrainingRun.Result result,
      NeuralNetTrainingSummary summary,
      Map<String, String> identity,
      String sparkVersion) {
    Map<String, Object> p = new LinkedHashMap<>();
    p.put("job", job.name());
    p.put("estimator", estimator.getClass().getName());
    p.put("tributary_version", Fitting.class.getPackage().getImplementationVersion());
    p.put("spark_version", sparkVersion);
    p.put("data", identity.get("data.train"));
    p.put("validation_data", identity.get("data.validation"));
    p.put("epochs", summary.totalIterations());
    p.put("steps", summary.steps());
    p.put("kept_step", summary.keptStep());
    p.put("stopped_because", summary.stopped());
    p.put("samples_per_second", Math.round(summary.samplesPerSecond()));
    p.put("train_loss", result.training().last().trainLoss());
    p.put("test", summary.metrics());
    p.put("weights_sha256", WeightsFile.sha256(result.training().values()));
    p.put("parameters", job.model().network().parameterCount());
    EngineChoice engine = job.model().engine();
    p.put("engine", engine.provider().name());
    p.put("engine_description", engine.provider().description());
    p.put("precision", job.model().precision().toString());
    p.put("exchange", summary.exchange());
    p.put("shards", job.training().shards());
    p.put("seed", job.training().seed());
    p.put("resumed_from", summary.resumedFrom());
    return p;
  }
}
