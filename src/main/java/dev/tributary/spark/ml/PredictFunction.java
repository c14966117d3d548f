package dev.tributary.spark.ml;

import dev.tributary.train.metrics.Task;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * Makes {@code tributary_predict(model, features)} an expression. The model is read on the driver
 * when the query is analysed, which tells its type, and broadcast once for as long as its files do
 * not change; so all of a query's tasks predict with the same weights.
 */
final class PredictFunction extends AbstractFunction1<Seq<Expression>, Expression>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Models that are kept at hand on the driver. */
  private static final int KEPT = 8;

  private static final LinkedHashMap<String, Known> KNOWN =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > KEPT;
        }
      };

  /** A model, and which state of its files it is. */
  private record Known(TrainedNetwork network, long modified) {}

  @Override
  public Expression apply(Seq<Expression> arguments) {
    if (arguments.size() != 2) {
      throw new IllegalArgumentException(
          "tributary_predict takes a model's directory and features, but was given "
              + arguments.size()
              + " arguments: tributary_predict('hdfs:///models/digits', features)");
    }
    TrainedNetwork network = network(path(arguments.apply(0)));
    SparkSession session = SparkSession.active();
    Task task = network.task();
    boolean isNumber = task == Task.CLASSES || (task == Task.NUMBERS && network.outputs() == 1);
    DataType type =
        isNumber ? DataTypes.DoubleType : DataTypes.createArrayType(DataTypes.DoubleType, false);
    Predict predict =
        new Predict(
            network.send(session.sparkContext(), 1),
            network.writer("features"),
            task,
            network.outputs());
    return new ScalaUDF(
        predict,
        type,
        CollectionConverters.asScala(java.util.List.of(arguments.apply(1))).toSeq(),
        CollectionConverters.asScala(
                java.util.List
                    .<Option<org.apache.spark.sql.catalyst.encoders.ExpressionEncoder<?>>>of())
            .toSeq(),
        Option.empty(),
        Option.apply(TributaryExtensions.PREDICT),
        true,
        true);
  }

  private static String path(Expression model) {
    if (!model.foldable() || !model.dataType().equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "tributary_predict: the model must be a constant string, the directory of a run or a"
              + " model, but is "
              + model.sql());
    }
    Object value = model.eval(null);
    if (!(value instanceof UTF8String text)) {
      throw new IllegalArgumentException("tributary_predict: the model's directory is null");
    }
    return text.toString();
  }

  private static TrainedNetwork network(String path) {
    Configuration hadoop = SparkSession.active().sessionState().newHadoopConf();
    try {
      long modified = modified(path, hadoop);
      synchronized (KNOWN) {
        Known known = KNOWN.get(path);
        if (known == null || known.modified() != modified) {
          known = new Known(TrainedNetwork.read(path, hadoop), modified);
          KNOWN.put(path, known);
        }
        return known.network();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("tributary_predict: cannot read " + path, e);
    }
  }

  /** When the model was written; 0 where there is none, which reading it then says. */
  private static long modified(String path, Configuration hadoop) throws IOException {
    for (String file : new String[] {"model/model.json", "model.json"}) {
      Path description = new Path(path, file);
      FileSystem files = description.getFileSystem(hadoop);
      if (files.exists(description)) {
        return files.getFileStatus(description).getModificationTime();
      }
    }
    return 0;
  }

  /** A row's prediction. */
  private static final class Predict extends AbstractFunction1<Object, Object>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Broadcast<PredictorPool> pool;
    private final FeatureWriter writer;
    private final Task task;
    private final int outputs;

    Predict(Broadcast<PredictorPool> pool, FeatureWriter writer, Task task, int outputs) {
      this.pool = pool;
      this.writer = writer;
      this.task = task;
      this.outputs = outputs;
    }

    @Override
    public @Nullable Object apply(@Nullable Object features) {
      if (features == null) {
        return null;
      }
      PredictorPool.Outputs given = pool.value().predict(features, writer, outputs);
      return switch (task) {
        case CLASSES -> (double) new ClassColumns(outputs, false, false, true, null).chosen(given);
        case LABELS ->
            new LabelColumns(outputs, false, false, true, 0.5).said(given.probabilities(), 0);
        case NUMBERS ->
            outputs == 1
                ? (Object) (double) given.raw()[0]
                : new NumberColumns(outputs).values(given.raw(), 0);
      };
    }
  }
}
