package dev.tributary.spark.files;

import dev.tributary.data.Vocabulary;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.BadRowRule;
import dev.tributary.job.FileSpec;
import dev.tributary.nn.Network;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/**
 * Opens files by a job's words, for a network.
 *
 * @param spec what they are
 * @param network what reads them
 * @param preparation what is done to features before
 * @param hadoop how they are reached
 * @param vocabulary the classes of the training data, where they have names
 */
public record FileSources(
    FileSpec spec,
    Network network,
    Preparation preparation,
    Configuration hadoop,
    Supplier<Vocabulary> vocabulary) {
  /**
   * The source.
   *
   * @param labelled whether there must be labels
   * @throws dev.tributary.data.DataException if files are missing or of another format
   */
  public RecordSource open(String location, boolean labelled) {
    return new RecordSource(format(location, labelled), spec.badRows());
  }

  /**
   * A pair of IDX files, whatever reads them.
   *
   * @param prefix what the files' names begin with
   * @param classes labels must be below it
   */
  public static RecordSource idx(String prefix, int classes, Configuration hadoop) {
    return new RecordSource(IdxFiles.open(prefix, classes, true, hadoop), BadRowRule.FAIL);
  }

  private RecordFormat format(String location, boolean labelled) {
    int outputs = network.output().size();
    int classes = Math.max(2, outputs);
    return switch (spec.format()) {
      case IDX -> IdxFiles.open(location, classes, labelled, hadoop);
      case CIFAR10 -> CifarFiles.open(location, classes, hadoop);
      case NPY ->
          NpyFiles.open(
              location,
              new NpyFiles.Wanted(
                  preparation.input(), outputs, classes, spec.labels(), preparation.filled()),
              labelled,
              hadoop);
      case IMAGES ->
          ImageFolder.open(
              location,
              vocabulary.get(),
              preparation.input(),
              spec.fit(),
              classes,
              labelled,
              hadoop);
    };
  }
}
