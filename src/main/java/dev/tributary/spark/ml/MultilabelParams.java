package dev.tributary.spark.ml;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.shared.HasFeaturesCol;
import org.apache.spark.ml.param.shared.HasLabelCol;
import org.apache.spark.ml.param.shared.HasPredictionCol;
import org.apache.spark.ml.param.shared.HasProbabilityCol;
import org.apache.spark.ml.param.shared.HasRawPredictionCol;
import org.apache.spark.ml.util.SchemaUtils;
import org.apache.spark.sql.types.StructType;

/**
 * Params of the multi-label estimator and its model; the columns are Spark ML's, each a vector with
 * a number for each label.
 *
 * @param <S> the estimator or model itself, which setters give back
 */
public interface MultilabelParams<S>
    extends HasFeaturesCol, HasLabelCol, HasPredictionCol, HasRawPredictionCol, HasProbabilityCol {
  @Override
  default Param<String> featuresCol() {
    return new Param<>(this, "featuresCol", "features column name");
  }

  @Override
  default Param<String> labelCol() {
    return new Param<>(this, "labelCol", "labels column name: vectors or arrays of 0 and 1");
  }

  @Override
  default Param<String> predictionCol() {
    return new Param<>(this, "predictionCol", "prediction column name: vectors of 0 and 1");
  }

  @Override
  default Param<String> rawPredictionCol() {
    return new Param<>(this, "rawPredictionCol", "raw prediction column name: vectors of logits");
  }

  @Override
  default Param<String> probabilityCol() {
    return new Param<>(this, "probabilityCol", "column name for each label's own probability");
  }

  /** The probability above which a label is predicted. */
  default DoubleParam threshold() {
    return new DoubleParam(
        this,
        "threshold",
        "the probability above which a label is predicted, in [0, 1]",
        ParamValidators.inRange(0, 1));
  }

  /** Sets {@link #featuresCol}. */
  default S setFeaturesCol(String value) {
    return ParamAccess.set(this, featuresCol(), value);
  }

  /** Sets {@link #labelCol}. */
  default S setLabelCol(String value) {
    return ParamAccess.set(this, labelCol(), value);
  }

  /** Sets {@link #predictionCol}; empty for no such column. */
  default S setPredictionCol(String value) {
    return ParamAccess.set(this, predictionCol(), value);
  }

  /** Sets {@link #rawPredictionCol}; empty for no such column. */
  default S setRawPredictionCol(String value) {
    return ParamAccess.set(this, rawPredictionCol(), value);
  }

  /** Sets {@link #probabilityCol}; empty for no such column. */
  default S setProbabilityCol(String value) {
    return ParamAccess.set(this, probabilityCol(), value);
  }

  /** Sets {@link #threshold}, 0.5 by default. */
  default S setThreshold(double value) {
    return ParamAccess.set(this, threshold(), value);
  }

  /** To be called by the constructor. */
  default void setMultilabelDefaults() {
    setDefault(featuresCol(), "features");
    setDefault(labelCol(), "label");
    setDefault(predictionCol(), "prediction");
    setDefault(rawPredictionCol(), "rawPrediction");
    setDefault(probabilityCol(), "probability");
    setDefault(threshold(), 0.5);
  }

  /** What a model makes of a schema. */
  default StructType scored(StructType schema) {
    SchemaChecks.vectors(schema, getFeaturesCol(), false);
    StructType out = schema;
    for (String name :
        new String[] {getRawPredictionCol(), getProbabilityCol(), getPredictionCol()}) {
      out = SchemaUtils.appendColumn(out, name, SQLDataTypes.VectorType(), false);
    }
    return out;
  }

  @Override
  default void org$apache$spark$ml$param$shared$HasFeaturesCol$_setter_$featuresCol_$eq(
      Param<String> p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasLabelCol$_setter_$labelCol_$eq(
      Param<String> p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasPredictionCol$_setter_$predictionCol_$eq(
      Param<String> p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasRawPredictionCol$_setter_$rawPredictionCol_$eq(
      Param<String> p) {}

  @Override
  default void org$apache$spark$ml$param$shared$HasProbabilityCol$_setter_$probabilityCol_$eq(
      Param<String> p) {}
}
