package dev.tributary.spark.table;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Vocabulary;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** Makes samples of the rows of a partition, a block at a time; no row is kept. */
final class RowReader implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Samples in a block: with the row at hand, all that a task holds. */
  private static final int BLOCK = 4096;

  /**
   * What a reader looks for in rows.
   *
   * @param features columns, in order
   * @param labels columns; none if they are not there, for prediction
   * @param weight the column of weights, if any
   * @param schema what the samples hold
   * @param classes labels must be below it; 0 where numbers are to be predicted
   */
  record Layout(
      List<Column> features,
      List<Column> labels,
      @Nullable Column weight,
      Schema schema,
      int classes)
      implements Serializable {}

  private final Layout layout;
  private final Vocabulary vocabulary;
  private final BadRowsAccumulator badRows;
  private final boolean skip;
  private final String data;
  private final String skipSetting;

  RowReader(
      Layout layout,
      Vocabulary vocabulary,
      BadRowsAccumulator badRows,
      boolean skip,
      String data,
      String skipSetting) {
    this.skipSetting = skipSetting;
    this.layout = layout;
    this.vocabulary = vocabulary;
    this.badRows = badRows;
    this.skip = skip;
    this.data = data;
  }

  /** The partition's samples, in the order of its rows. */
  Iterator<Samples> read(Iterator<InternalRow> rows) {
    Pass pass = new Pass();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext() || !pass.isOver;
      }

      @Override
      public Samples next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return pass.block(rows);
      }
    };
  }

  /** One way through a partition, with its scratch space. */
  private final class Pass {
    private final float[] features = new float[layout.schema().shape().size()];
    private final float[] targets = new float[Math.max(1, layout.schema().targets())];
    private final float[] one = new float[1];
    private final BadRows bad = new BadRows();
    private boolean isOver;

    Samples block(Iterator<InternalRow> rows) {
      Samples block = new Samples(layout.schema(), 16);
      while (block.count() < BLOCK && rows.hasNext()) {
        InternalRow row = rows.next();
        bad.countRead();
        try {
          add(row, block);
        } catch (BadRowException e) {
          String place = place(row, e);
          if (!skip) {
            throw new DataException(
                place + "; mend the row, or pass over such rows with " + skipSetting);
          }
          bad.add(e.kind(), place);
        }
      }
      if (!rows.hasNext()) {
        isOver = true;
        badRows.add(new BadRowsAccumulator.Part(TaskContext.getPartitionId(), bad));
      }
      return block.trim();
    }

    private void add(InternalRow row, Samples block) throws BadRowException {
      fill(layout.features(), row, features, features.length, "features");
      int label = Samples.UNLABELLED;
      if (!layout.labels().isEmpty()) {
        int expected = targets.length;
        fill(layout.labels(), row, targets, expected, "numbers to predict");
        label = layout.classes() > 0 ? label(targets[0]) : label;
      }
      float weight = 1;
      if (layout.weight() != null) {
        layout.weight().read(row, vocabulary, one, 0);
        weight = one[0];
        if (weight < 0) {
          throw new BadRowException(
              Kind.NEGATIVE_WEIGHT, "column " + layout.weight().name() + " is " + weight);
        }
      }
      float[] numbers = layout.schema().targets() == 0 ? NONE : targets;
      block.add(features, numbers, weight, label);
    }

    private int label(float value) throws BadRowException {
      if (value != Math.rint(value) || value < 0 || value >= layout.classes()) {
        throw new BadRowException(
            Kind.LABEL_OUT_OF_RANGE,
            String.format(
                "column %s is %s, but classes are 0 to %d, one for each of the network's outputs",
                layout.labels().get(0).name(), value, layout.classes() - 1));
      }
      return (int) value;
    }

    private void fill(List<Column> columns, InternalRow row, float[] to, int expected, String what)
        throws BadRowException {
      int at = 0;
      for (Column column : columns) {
        at = column.read(row, vocabulary, to, at);
      }
      if (at != expected) {
        throw new BadRowException(
            Kind.WRONG_LENGTH, String.format("there are %d %s, expected %d", at, what, expected));
      }
    }

    private String place(InternalRow row, BadRowException e) {
      String file = InputFileBlockHolder.getInputFilePath().toString();
      return String.format(
          "%s: row %d of partition %d (%s): %s: %s",
          file.isEmpty() ? data : file,
          bad.read() - 1,
          TaskContext.getPartitionId(),
          values(row),
          e.kind().words(),
          e.getMessage());
    }
  }

  private static final float[] NONE = {};
  private static final int SHOWN = 8;

  /** The first columns and the label as they stand: what tells the row from the others. */
  private String values(InternalRow row) {
    return Stream.concat(
            layout.features().stream().filter(Column::isScalar).limit(SHOWN),
            layout.labels().stream().filter(Column::isScalar))
        .map(
            c -> c.name() + "=" + (row.isNullAt(c.place()) ? "null" : row.get(c.place(), c.type())))
        .collect(Collectors.joining(", "));
  }
}
