package dev.tributary.spark.ml;

import dev.tributary.job.Job;
import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.MetadataUtils;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** What a schema can tell before a row is read. */
final class SchemaChecks {
  private SchemaChecks() {}

  /**
   * Refuses a dataset that cannot be fitted to.
   *
   * @throws IllegalArgumentException in Spark ML's manner: which column, what it is, what it must
   *     be
   */
  static void fitting(
      StructType schema, NeuralNetEstimator<?> estimator, Job job, String features) {
    column(schema, estimator, estimator.weightCol(), NumericType.class, "numeric");
    column(schema, estimator, estimator.validationIndicatorCol(), BooleanType.class, "boolean");
    width(schema, features, job.model().preparation().input().size());
  }

  /** Refuses labels of more classes than the network has outputs, if their column says how many. */
  static void classes(StructType schema, String label, int classes) {
    Option<Object> known = MetadataUtils.getNumClasses(field(schema, label));
    if (known.isDefined() && (Integer) known.get() > classes) {
      throw new IllegalArgumentException(
          String.format(
              "Column %s has %s classes by its metadata, but the network tells %d apart; give its"
                  + " last layer an output for each",
              label, known.get(), classes));
    }
  }

  /** Refuses features of another width, if their column says which. */
  static void width(StructType schema, String features, int inputs) {
    Option<Object> known = MetadataUtils.getNumFeatures(field(schema, features));
    if (known.isDefined() && (Integer) known.get() != inputs) {
      throw new IllegalArgumentException(
          String.format(
              "Column %s holds vectors of %s numbers by its metadata, but the network reads %d",
              features, known.get(), inputs));
    }
  }

  /** Refuses a column that holds no vectors, nor arrays of numbers if those will do. */
  static void vectors(StructType schema, String name, boolean orArrays) {
    DataType type = field(schema, name).dataType();
    boolean isArray = type instanceof ArrayType array && array.elementType() instanceof NumericType;
    if (!type.equals(SQLDataTypes.VectorType()) && !(orArrays && isArray)) {
      throw new IllegalArgumentException(
          String.format(
              "Column %s must be of type vector%s but was actually %s.",
              name, orArrays ? " or array of numbers" : "", type.catalogString()));
    }
  }

  private static void column(
      StructType schema,
      NeuralNetEstimator<?> estimator,
      Param<String> param,
      Class<? extends DataType> type,
      String words) {
    String name = ParamAccess.text(estimator, param);
    if (name != null && !type.isInstance(field(schema, name).dataType())) {
      throw new IllegalArgumentException(
          String.format(
              "Column %s (%s) must be of %s type but was actually %s.",
              name, param.name(), words, field(schema, name).dataType().catalogString()));
    }
  }

  private static StructField field(StructType schema, String name) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new IllegalArgumentException(
          String.format(
              "%s does not exist. Available: %s", name, String.join(", ", schema.fieldNames())));
    }
    return schema.apply(name);
  }
}
