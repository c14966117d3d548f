package dev.tributary.spark.ml;

import dev.tributary.job.Assembly;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.shared.HasCheckpointInterval;
import org.apache.spark.ml.param.shared.HasMaxIter;
import org.apache.spark.ml.param.shared.HasSeed;
import org.apache.spark.ml.param.shared.HasStepSize;
import org.apache.spark.ml.param.shared.HasTol;
import org.apache.spark.ml.param.shared.HasValidationIndicatorCol;
import scala.runtime.AbstractFunction1;

/**
 * The params of estimators, each of which stands for a key of a job file; names are Spark ML's
 * where it has one. Defaults are {@code reference.conf}'s, but for the optimizer, {@code adam}.
 *
 * <p>A whole job can be given as {@link #job}: params that are set win over it.
 *
 * @param <E> the estimator itself, which setters give back
 */
public interface NeuralNetEstimator<E>
    extends ScoringParams<E>,
        HasMaxIter,
        HasStepSize,
        HasTol,
        HasSeed,
        HasValidationIndicatorCol,
        HasCheckpointInterval {
  /** {@code network}: the network, as HOCON or JSON. */
  default Param<String> network() {
    return text("network", "the network, as a job file's network section: HOCON or JSON");
  }

  /** The network as MLlib's perceptron has it: sizes of layers, with sigmoids between them. */
  default IntArrayParam layers() {
    return new IntArrayParam(
        this,
        "layers",
        "sizes of affine layers from input to output, with sigmoids between them, as in MLlib's"
            + " perceptron: [4, 5, 3] is 4 features, 5 hidden units, 3 outputs",
        new AreSizes());
  }

  /** A job file's text, whose keys hold where no param is set. */
  default Param<String> job() {
    return text("job", "the text of a job file; params that are set win over its keys");
  }

  /** {@code train.optimizer}. */
  default Param<String> optimizer() {
    return text("optimizer", "how weights move: a name such as adam, or {type = sgd, rate = 0.1}");
  }

  /** {@code train.schedule}. */
  default Param<String> schedule() {
    return text("schedule", "how the step size changes: a name such as cosine, or {type = …}");
  }

  /** {@code train.loss}. */
  default Param<String> loss() {
    return text("loss", "what is made small: a name, or {type = …}");
  }

  /** {@code data.prepare}. */
  default Param<String> prepare() {
    return text(
        "prepare", "what is done to features first, such as standardize; kept with the model");
  }

  /** {@code data.augment}. */
  default Param<String> augment() {
    return text("augment", "what is done to training samples, anew in each epoch, such as flip");
  }

  /** {@code train.epochs}: passes over the data. An epoch has rows / batchSize steps. */
  @Override
  default IntParam maxIter() {
    return new IntParam(
        this, "maxIter", "epochs, which are passes over the data (> 0)", ParamValidators.gt(0));
  }

  /** {@code train.optimizer.rate}. */
  @Override
  default DoubleParam stepSize() {
    return new DoubleParam(
        this, "stepSize", "the optimizer's learning rate (> 0)", ParamValidators.gt(0));
  }

  /** {@code train.stop.min_change}: what counts as better, where {@link #patience} is set. */
  @Override
  default DoubleParam tol() {
    return new DoubleParam(
        this,
        "tol",
        "with patience: an evaluation is better by more than this, or is not better (>= 0)",
        ParamValidators.gtEq(0));
  }

  /** {@code train.seed}: keys all randomness. */
  @Override
  default LongParam seed() {
    return new LongParam(this, "seed", "keys all randomness: the same seed gives the same bytes");
  }

  /** {@code train.batch}. */
  default IntParam batchSize() {
    return new IntParam(
        this,
        "batchSize",
        "rows in a mini-batch, over the whole cluster (> 0)",
        ParamValidators.gt(0));
  }

  /** {@code train.shards}. */
  default IntParam shards() {
    return new IntParam(
        this,
        "shards",
        "parts the data is divided into, a power of two: the most tasks that share a step",
        ParamValidators.gt(0));
  }

  /** {@code train.engine}. */
  default Param<String> engine() {
    return word("engine", "what computes: auto, onednn or jvm", "auto", "onednn", "jvm");
  }

  /** {@code train.precision}. */
  default Param<String> precision() {
    return word("precision", "f32, or bf16 with the onednn engine", "f32", "bf16");
  }

  /** {@code train.exchange}. */
  default Param<String> exchange() {
    return word("exchange", "how gradients come together", "auto", "tree", "slices");
  }

  /** Rows of which this boolean column is true are for validation, not for training. */
  @Override
  default Param<String> validationIndicatorCol() {
    return new Param<>(
        this,
        "validationIndicatorCol",
        "boolean column: rows of which it is true are evaluated on, and not trained on");
  }

  /** {@code train.metric}: what tells a better evaluation from a worse one. */
  default Param<String> metric() {
    return text(
        "metric", "what tells a better evaluation from a worse one: loss, accuracy, rmse, …");
  }

  /** {@code train.stop.patience}: ends the training, and keeps the best weights. */
  default IntParam patience() {
    return new IntParam(
        this,
        "patience",
        "evaluations, one an epoch, without a better one after which training ends; the best"
            + " weights are kept (> 0)",
        ParamValidators.gt(0));
  }

  /** Where the state of a fit is saved on the way, on any Hadoop filesystem. */
  default Param<String> checkpointDir() {
    return text(
        "checkpointDir",
        "directory in which the state of a fit is saved on the way; a fit of the same job on the"
            + " same data that did not end goes on from there");
  }

  /** {@code train.checkpoint.every}, in epochs. */
  @Override
  default IntParam checkpointInterval() {
    return new IntParam(
        this,
        "checkpointInterval",
        "epochs from one checkpoint to the next (>= 1); if not set, every 10 minutes",
        ParamValidators.gtEq(1));
  }

  /** A saved model of the same network, whose weights and preparation training starts from. */
  default Param<String> initialModel() {
    return text(
        "initialModel",
        "directory of a saved model or run whose weights and preparation training starts from");
  }

  /** Weights that training starts from, as a model's {@code weights()} gives them. */
  default Param<Vector> initialWeights() {
    return new Param<>(
        this,
        "initialWeights",
        "weights that training starts from, as a model's weights() gives them");
  }

  /** Sets {@link #network}. */
  default E setNetwork(String value) {
    return ParamAccess.set(this, network(), value);
  }

  /** Sets {@link #network}. */
  default E setNetwork(NetworkDefinition value) {
    return setNetwork(value.toString());
  }

  /** Sets {@link #layers}. */
  default E setLayers(int[] value) {
    return ParamAccess.set(this, layers(), value);
  }

  /** Sets {@link #job}. */
  default E setJob(String value) {
    return ParamAccess.set(this, job(), value);
  }

  /** Sets {@link #optimizer}. */
  default E setOptimizer(String value) {
    return ParamAccess.set(this, optimizer(), value);
  }

  /** Sets {@link #schedule}. */
  default E setSchedule(String value) {
    return ParamAccess.set(this, schedule(), value);
  }

  /** Sets {@link #loss}. */
  default E setLoss(String value) {
    return ParamAccess.set(this, loss(), value);
  }

  /** Sets {@link #prepare}. */
  default E setPrepare(String value) {
    return ParamAccess.set(this, prepare(), value);
  }

  /** Sets {@link #augment}. */
  default E setAugment(String value) {
    return ParamAccess.set(this, augment(), value);
  }

  /** Sets {@link #maxIter}, the number of epochs. */
  default E setMaxIter(int value) {
    return ParamAccess.set(this, maxIter(), value);
  }

  /** The same as {@link #setMaxIter}, by the field's name. */
  default E setEpochs(int value) {
    return setMaxIter(value);
  }

  /** Sets {@link #stepSize}. */
  default E setStepSize(double value) {
    return ParamAccess.set(this, stepSize(), value);
  }

  /** Sets {@link #tol}. */
  default E setTol(double value) {
    return ParamAccess.set(this, tol(), value);
  }

  /** Sets {@link #seed}. */
  default E setSeed(long value) {
    return ParamAccess.set(this, seed(), value);
  }

  /** Sets {@link #batchSize}. */
  default E setBatchSize(int value) {
    return ParamAccess.set(this, batchSize(), value);
  }

  /** Sets {@link #shards}. */
  default E setShards(int value) {
    return ParamAccess.set(this, shards(), value);
  }

  /** Sets {@link #engine}. */
  default E setEngine(String value) {
    return ParamAccess.set(this, engine(), value);
  }

  /** Sets {@link #precision}. */
  default E setPrecision(String value) {
    return ParamAccess.set(this, precision(), value);
  }

  /** Sets {@link #exchange}. */
  default E setExchange(String value) {
    return ParamAccess.set(this, exchange(), value);
  }

  /** Sets {@link #validationIndicatorCol}. */
  default E setValidationIndicatorCol(String value) {
    return ParamAccess.set(this, validationIndicatorCol(), value);
  }

  /** Sets {@link #metric}. */
  default E setMetric(String value) {
    return ParamAccess.set(this, metric(), value);
  }

  /** Sets {@link #patience}. */
  default E setPatience(int value) {
    return ParamAccess.set(this, patience(), value);
  }

  /** Sets {@link #checkpointDir}. */
  default E setCheckpointDir(String value) {
    return ParamAccess.set(this, checkpointDir(), value);
  }

  /** Sets {@link #checkpointInterval}. */
  default E setCheckpointInterval(int value) {
    return ParamAccess.set(this, checkpointInterval(), value);
  }

  /** Sets {@link #initialModel}. */
  default E setInitialModel(String value) {
    return ParamAccess.set(this, initialModel(), value);
  }

  /** Sets {@link #initialWeights}. */
  default E setInitialWeights(Vector value) {
    return ParamAccess.set(this, initialWeights(), value);
  }

  /** To be called by the constructor, after the superclass's. */
  default void setEstimatorDefaults() {
    setScoringDefaults();
    setDefault(maxIter(), Assembly.defaultOf("train.epochs"));
    setDefault(batchSize(), Assembly.defaultOf("train.batch"));
    setDefault(shards(), Assembly.defaultOf("train.shards"));
    setDefault(seed(), ((Number) Assembly.defaultOf("train.seed")).longValue());
    setDefault(tol(), ((Number) Assembly.defaultOf("train.stop.min_change")).doubleValue());
    setDefault(engine(), (String) Assembly.defaultOf("train.engine"));
    setDefault(precision(), (String) Assembly.defaultOf("train.precision"));
    setDefault(exchange(), (String) Assembly.defaultOf("train.exchange"));
    setDefault(metric(), (String) Assembly.defaultOf("train.metric"));
    setDefault(optimizer(), "adam");
  }

  private Param<String> text(String name, String doc) {
    return new Param<>(this, name, doc);
  }

  private Param<String> word(String name, String doc, String... words) {
    return new Param<>(this, name, doc, ParamValidators.inArray(List.of(words)));
  }

  /** Whether an array holds two or more sizes. */
  final class AreSizes extends AbstractFunction1<int[], Object> implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Object apply(int[] sizes) {
      return sizes.length > 1 && java.util.Arrays.stream(sizes).allMatch(s -> s > 0);
    }
  }

  @Override
  default void org$apache$spark$ml$param$shared$HasMaxIter$_setter_$maxIter_$eq(IntParam p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasStepSize$_setter_$stepSize_$eq(DoubleParam p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasTol$_setter_$tol_$eq(DoubleParam p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasSeed$_setter_$seed_$eq(LongParam p) {}

  @Override
  default void
      org$apache$spark$ml$param$shared$HasValidationIndicatorCol$_setter_$validationIndicatorCol_$eq(
          Param<String> p) {}

  @Override
  default void
      org$apache$spark$ml$param$shared$HasCheckpointInterval$_setter_$checkpointInterval_$eq(
          IntParam p) {}
}
