package dev.tributary.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.data.Vocabulary;
import dev.tributary.format.Champion;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelStore;
import dev.tributary.format.StoreVersion;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.TableSpec;
import dev.tributary.spark.NewData;
import dev.tributary.spark.table.Tables;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * What a challenger begins with.
 *
 * @param job the challenger's
 * @param champion the version in place; null if there is none
 * @param model the same, ready to be used
 * @param isWarm whether the challenger starts from its weights
 */
record RetrainStart(
    Job job, @Nullable Integer champion, @Nullable SavedModel model, boolean isWarm) {
  /**
   * Reads the champion.
   *
   * @throws JobException if the job starts from its weights, and they do not fit
   */
  static RetrainStart of(Job job, ModelStore store, Configuration hadoop) throws IOException {
    Optional<Champion> champion = store.champion();
    if (champion.isEmpty()) {
      return new RetrainStart(job, null, null, false);
    }
    StoreVersion version = store.version(champion.get().version());
    SavedModel model = SavedModel.read(version.directory(), hadoop);
    boolean isWarm = !job.retraining().fromScratch();
    if (isWarm) {
      checkSameNetwork(job, version, store.model(version));
      checkSamePreparation(job, version, model);
    }
    return new RetrainStart(job, version.number(), model, isWarm);
  }

  /**
   * The categories of all data at hand. Those that the champion knows keep their numbers, so that
   * its weights, and what is held out by content, mean what they did.
   */
  Vocabulary vocabulary(NewData found) {
    Vocabulary all = model == null ? Vocabulary.EMPTY : model.vocabulary();
    TableSpec table = job.data().table();
    if (table == null || table.categorical().isEmpty()) {
      return all;
    }
    for (NewData.Part part : Arrays.asList(found.oldPart(), found.freshPart())) {
      if (part != null) {
        all = all.with(Tables.vocabulary(table, Objects.requireNonNull(part.location())));
      }
    }
    return all;
  }

  private static void checkSameNetwork(Job job, StoreVersion champion, ModelDirectory model)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    if (!json.readTree(model.network()).equals(json.readTree(job.model().networkText()))) {
      throw new JobException(
          "the job's network is not that of the champion, version "
              + champion.number()
              + ", so its weights do not fit; set retrain.start = scratch for this once, or give the"
              + " job the champion's network");
    }
  }

  private static void checkSamePreparation(Job job, StoreVersion champion, SavedModel before) {
    if (!before.objective().preparation().isOfTheKindOf(job.model().preparation())) {
      throw new JobException(
          "the job's data.prepare is not that of the champion, version "
              + champion.number()
              + ", so its weights do not fit; set retrain.start = scratch for this once, or give the"
              + " job the champion's data.prepare");
    }
  }
}
