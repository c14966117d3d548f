package dev.tributary.spark.ml;

import dev.tributary.train.Predictor;
import java.util.List;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.shared.HasBlockSize;
import org.apache.spark.ml.param.shared.HasHandleInvalid;
import org.apache.spark.ml.param.shared.HasWeightCol;

/**
 * Params that estimators and models share. Params are made anew by each call, and are equal: fields
 * would be set only after the superclass's constructor has asked for them.
 *
 * @param <S> the estimator or model itself, which setters give back
 */
public interface ScoringParams<S> extends HasBlockSize, HasHandleInvalid, HasWeightCol {
  /** Rows that go through the network at once when a dataset is transformed. */
  @Override
  default IntParam blockSize() {
    return new IntParam(
        this,
        "blockSize",
        "rows that go through the network at once when a dataset is transformed (> 0); another"
            + " number may change the last bits of what is predicted",
        ParamValidators.gt(0));
  }

  /** What becomes of rows that are no samples: {@code error} or {@code skip}. */
  @Override
  default Param<String> handleInvalid() {
    return new Param<>(
        this,
        "handleInvalid",
        "what becomes of a row whose features or label are null, of another length or not finite:"
            + " error, or skip, which leaves it out",
        ParamValidators.inArray(List.of("error", "skip")));
  }

  /** The column of samples' weights; all are 1 where it is not set or empty. */
  @Override
  default Param<String> weightCol() {
    return new Param<>(
        this, "weightCol", "column of samples' weights; if not set or empty, all weights are 1");
  }

  /** Sets {@link #blockSize}; by default as many as the command line's {@code predict} takes. */
  default S setBlockSize(int value) {
    return ParamAccess.set(this, blockSize(), value);
  }

  /** Sets {@link #handleInvalid}, {@code error} by default. */
  default S setHandleInvalid(String value) {
    return ParamAccess.set(this, handleInvalid(), value);
  }

  /** Sets {@link #weightCol}. */
  default S setWeightCol(String value) {
    return ParamAccess.set(this, weightCol(), value);
  }

  /** To be called by the constructor, after the superclass's. */
  default void setScoringDefaults() {
    setDefault(blockSize(), Predictor.BATCH);
    setDefault(handleInvalid(), "error");
  }

  @Override
  default void org$apache$spark$ml$param$shared$HasBlockSize$_setter_$blockSize_$eq(IntParam p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasHandleInvalid$_setter_$handleInvalid_$eq(
      Param<String> p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(
      Param<String> p) {}
}
