package dev.tributary.job;

import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.embedded.Embedded;
import dev.tributary.data.packed.Storage;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.engine.Precision;
import dev.tributary.format.CheckpointWriter;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.inspect.Needs;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Objective;
import dev.tributary.train.Rules;
import dev.tributary.train.Trainer;
import org.jspecify.annotations.Nullable;

/**
 * A whole run as a value: what a job file says, checked, with its names made into objects.
 *
 * @param name the run's name
 * @param runDirectory where it leaves what it leaves; null for a free place under {@code runs/}
 * @param data where samples come from
 * @param model what is trained
 * @param training how
 * @param retraining when and from what it is trained again
 * @param text the job in full, defaults included, as HOCON
 */
public record Job(
    String name,
    @Nullable String runDirectory,
    DataSpec data,
    Model model,
    Training training,
    Retraining retraining,
    String text) {

  /**
   * Where samples come from.
   *
   * @param embedded which data the project makes itself; null where it is not
   * @param table how rows become samples; null where data is no table
   * @param files how other files become samples; null where there are none
   * @param train where training data is, as its format says it
   * @param validation the same for validation
   * @param test the same for the test
   * @param validationShare of the training samples that is held out for validation, in [0, 1)
   * @param testShare the same for the test
   * @param made how much is made of embedded data
   * @param packed whether {@code train} and the others name packed directories
   * @param storage where shards are kept
   */
  public record DataSpec(
      @Nullable Embedded embedded,
      @Nullable TableSpec table,
      @Nullable FileSpec files,
      @Nullable String train,
      @Nullable String validation,
      @Nullable String test,
      double validationShare,
      double testShare,
      Made made,
      boolean packed,
      Storage storage) {
    /** IDX files that somebody else names. */
    public static final DataSpec IDX =
        new DataSpec(
            null,
            null,
            FileSpec.IDX,
            null,
            null,
            null,
            0,
            0,
            new Made(0, 0, 0),
            false,
            Storage.AUTO);
  }

  /**
   * How much is made of embedded data.
   *
   * @param train samples for training
   * @param test samples for the test
   * @param seed which ones; it also chooses the samples that are held out
   */
  public record Made(long train, long test, long seed) {}

  /**
   * What is trained, and enough to build it again.
   *
   * @param network the network
   * @param loss what is made small
   * @param engine what computes, and why that
   * @param precision of its products
   * @param networkText the network section alone, as JSON
   * @param lossText the loss section alone, as JSON
   * @param preparation what is done to features before, perhaps still to be fitted
   */
  public record Model(
      Network network,
      Loss loss,
      EngineChoice engine,
      Precision precision,
      String networkText,
      String lossText,
      Preparation preparation) {}

  /**
   * How it is trained.
   *
   * @param plan how the weights move, for how long
   * @param rules when it evaluates, what it keeps, when it ends early
   * @param augmentation what is done to training samples alone
   * @param seed keys all randomness
   * @param shards parts of the data, a power of two
   * @param partitions tasks in a step; 0 to choose by the cluster
   * @param exchange how gradients come together: {@code auto}, {@code tree} or {@code slices}
   * @param wire what weights and gradients are rounded to on their way
   * @param fanIn the most sums added at one place
   * @param logEvery steps from one line to the next
   * @param checkpoint when it is saved on the way
   * @param resumes whether it goes on with a run that is in its directory
   */
  public record Training(
      Trainer.Plan plan,
      Rules rules,
      Augmentation augmentation,
      long seed,
      int shards,
      int partitions,
      String exchange,
      Wire wire,
      int fanIn,
      int logEvery,
      CheckpointWriter.Plan checkpoint,
      boolean resumes) {}

  /**
   * What a run moves and holds.
   *
   * @param tasks that share a step
   * @param areSlices whether each executor owns a slice of the weights
   */
  public Needs needs(int tasks, boolean areSlices) {
    Trainer.Plan plan = training.plan();
    int state = plan.optimizer().slots() + (plan.average() == null ? 0 : 1);
    int copies =
        state
            + (training.rules().keepBest() ? 1 : 0)
            + (training.rules().divergence().rollback() == null ? 0 : 1 + plan.optimizer().slots());
    return Needs.of(
        model.network(),
        plan.batch(),
        training.shards(),
        tasks,
        areSlices ? 0 : training.fanIn(),
        copies,
        // The sum; values and state, and the copy of them that the driver fetches.
        areSlices ? 1 + 2 * (1 + state) : 0,
        training.wire());
  }

  /**
   * How a model is made of what has arrived since the last.
   *
   * @param store where models are kept
   * @param mayBegin whether a store may be begun where there is none
   * @param arriving what is new
   * @param fromScratch whether it starts from random weights, and not from the champion's
   * @param replay the share of older data among the training samples, in [0, 1)
   * @param window how many older arrivals that is drawn from
   * @param holdout the share of samples that models are compared on, in (0, 1)
   * @param rule when a challenger becomes champion
   * @param timeBudget minutes for the whole; null for as long as it takes
   * @param leaseSeconds after which a killed process's lease may be taken
   */
  public record Retraining(
      @Nullable String store,
      boolean mayBegin,
      Arriving arriving,
      boolean fromScratch,
      double replay,
      int window,
      double holdout,
      Promotion rule,
      @Nullable Double timeBudget,
      int leaseSeconds) {}

  /** What makes data new. */
  public enum NewBy {
    /** A name behind the last one used. */
    PARTITION,
    /** A file changed later. */
    TIME,
    /** A greater value in a column. */
    COLUMN
  }

  /**
   * What is new.
   *
   * @param data where data arrives: a folder, or with {@link NewBy#COLUMN} what the format names
   * @param by what makes it new
   * @param column whose values grow; null unless by them
   * @param settleSeconds for which an arrival must not have changed
   * @param lateMinutes for which files may come late, by time
   * @param least samples that are worth a retrain
   */
  public record Arriving(
      @Nullable String data,
      NewBy by,
      @Nullable String column,
      int settleSeconds,
      int lateMinutes,
      int least) {}

  /** How models are compared. */
  public enum Test {
    /** McNemar's where answers are right or wrong, else the bootstrap. */
    AUTO,
    /** McNemar's test. */
    MCNEMAR,
    /** The bootstrap's interval. */
    BOOTSTRAP
  }

  /**
   * When a challenger becomes champion.
   *
   * @param test what says that it is better
   * @param confidence such as 0.95
   * @param margin by how much it must be better
   */
  public record Promotion(Test test, double confidence, double margin) {}

  /** What a gradient is a function of. */
  public Objective objective() {
    return new Objective(
        model.network(),
        model.loss(),
        model.engine().provider(),
        training.seed(),
        model.preparation(),
        training.augmentation(),
        training.wire());
  }
}
