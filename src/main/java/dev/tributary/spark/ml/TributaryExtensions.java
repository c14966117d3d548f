package dev.tributary.spark.ml;

import java.io.Serializable;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.SparkSessionExtensionsProvider;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Adds the function {@code tributary_predict(model, features)} to Spark SQL.
 *
 * <pre>{@code
 * SELECT id, tributary_predict('hdfs:///models/digits', features) AS digit FROM images
 * }</pre>
 *
 * <p>{@code model} is the directory of a run, a model, or a model that an estimator saved; {@code
 * features} a Spark ML vector, or an array of numbers. The result is a DOUBLE, the class or the
 * number predicted; of a model that predicts several labels or numbers, an ARRAY of DOUBLE; NULL
 * where the features are NULL. A row goes through the network by itself: for many rows {@code
 * transform}, which takes batches of them, is several times as fast.
 *
 * <p>Where Tributary's jar is on the class path when the session starts, the function is there;
 * else {@code --conf spark.sql.extensions=dev.tributary.spark.ml.TributaryExtensions} brings it.
 */
public final class TributaryExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit>
    implements SparkSessionExtensionsProvider, Serializable {
  private static final long serialVersionUID = 1L;

  static final String PREDICT = "tributary_predict";

  /** For Spark, which makes it by its name. */
  public TributaryExtensions() {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    ExpressionInfo info =
        new ExpressionInfo(
            PredictFunction.class.getName(),
            "",
            PREDICT,
            "_FUNC_(model, features) - What the model in a directory predicts for features, a"
                + " vector or an array of numbers: a class or a number, or an array of several.",
            "",
            "",
            "",
            "misc_funcs",
            "",
            "",
            "java_udf");
    extensions.injectFunction(
        new Tuple3<>(new FunctionIdentifier(PREDICT), info, new PredictFunction()));
    return BoxedUnit.UNIT;
  }
}
