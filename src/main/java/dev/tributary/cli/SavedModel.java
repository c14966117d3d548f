package dev.tributary.cli;

import dev.tributary.data.DataException;
import dev.tributary.data.Vocabulary;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.Job;
import dev.tributary.job.TrainedModel;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.Sources;
import dev.tributary.train.Objective;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** A model from a run directory, ready to be used, and the data it was tested on. */
final class SavedModel {
  private final String directory;
  private final Objective objective;
  private final float[] weights;
  private final Vocabulary vocabulary;
  private final Configuration hadoop;

  private SavedModel(
      String directory,
      Objective objective,
      float[] weights,
      Vocabulary vocabulary,
      Configuration hadoop) {
    this.vocabulary = vocabulary;
    this.directory = directory;
    this.objective = objective;
    this.weights = weights;
    this.hadoop = hadoop;
  }

  static SavedModel read(String directory, Configuration hadoop) {
    TrainedModel model = TrainedModel.of(ModelDirectory.read(directory, hadoop), directory);
    return new SavedModel(
        directory, model.objective(), model.weights(), model.vocabulary(), hadoop);
  }

  Objective objective() {
    return objective;
  }

  float[] weights() {
    return weights;
  }

  /** Where it was read from. */
  String directory() {
    return directory;
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * The data to use the model on.
   *
   * @param prefix data of the format that the run was trained on, as data.train names it; IDX files
   *     by the start of their names where that is not known, or was made; null for the run's own
   *     test set
   * @param labelled whether there must be labels
   */
  SampleSource data(@Nullable String prefix, boolean labelled) {
    if (prefix != null) {
      Job.DataSpec format = hasJob() ? job().data() : Job.DataSpec.IDX;
      Sources sources = sources(format.embedded() == null ? format : Job.DataSpec.IDX);
      return labelled ? sources.files(prefix) : sources.unlabelled(prefix);
    }
    SampleSource test = sources(job().data()).test();
    if (test == null) {
      throw new DataException(
          "the run in " + directory + " had no test data; name some with --data DIR/PREFIX");
    }
    return test;
  }

  private Sources sources(Job.DataSpec data) {
    return new Sources(data, objective.network(), objective.preparation(), hadoop, vocabulary);
  }

  private boolean hasJob() {
    Path file = new Path(directory, RunDirectory.JOB);
    try {
      return file.getFileSystem(hadoop).exists(file);
    } catch (IOException e) {
      throw new DataException("cannot look for " + file + ": " + e.getMessage(), e);
    }
  }

  private Job job() {
    String file = new Path(directory, RunDirectory.JOB).toString();
    if (!hasJob()) {
      throw new DataException(
          file
              + " is not there, so the run's test data is not known; name some with --data"
              + " DIR/PREFIX");
    }
    return JobFile.read(file, Map.of(), hadoop);
  }
}
