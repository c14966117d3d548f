package dev.tributary.spark.table;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Vocabulary;
import dev.tributary.spark.BadRowsAccumulator;
import dev.tributary.spark.Range;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** Makes samples of the rows of a partition, a block at a time; no row is kept. */
final class RowReader implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Bytes of a block of sparse samples, whose number alone does not tell. */
  private static final int BLOCK_BYTES = 16 << 20;

  /**
   * What a reader looks for in rows.
   *
   * @param features columns, in order
   * @param labels columns; none if they are not there, for prediction
   * @param image the column of images, in the place of features; null if there is none
   * @param weight the column of weights, if any
   * @param schema what the samples hold
   * @param classes labels must be below it; 0 where numbers are to be predicted
   */
  record Layout(
      List<Column> features,
      List<Column> labels,
      @Nullable ImageColumn image,
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
    private final Numbers.Sparse sparse = new Numbers.Sparse(layout.schema().shape().size());
    private final Numbers.Dense dense =
        new Numbers.Dense(
            layout.schema().kind() == FeatureKind.FLOATS ? layout.schema().shape().size() : 0);
    private final Numbers.Dense targets = new Numbers.Dense(Math.max(1, layout.schema().targets()));
    private final Numbers.Dense one = new Numbers.Dense(1);
    private final BadRows bad = new BadRows();
    private final Position position = new Position(data);
    private boolean isOver;

    Samples block(Iterator<InternalRow> rows) {
      Samples block = new Samples(layout.schema(), 16);
      int room = Range.block(layout.schema().bytes());
      while (block.count() < room && block.contentBytes() < BLOCK_BYTES && rows.hasNext()) {
        InternalRow row = rows.next();
        bad.countRead();
        position.next();
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
      byte[] pixels = layout.image() == null ? null : layout.image().read(row);
      Numbers features = layout.schema().sparse() ? sparse : dense;
      if (pixels == null) {
        fill(layout.features(), row, features, "features");
      }
      int label = label(row);
      float weight = weight(row);
      float[] numbers = layout.schema().targets() == 0 ? NONE : targets.values();
      if (pixels != null) {
        block.add(pixels, numbers, weight, label);
      } else if (layout.schema().sparse()) {
        block.add(sparse.places(), sparse.values(), sparse.present(), numbers, weight, label);
      } else {
        block.add(dense.values(), numbers, weight, label);
      }
    }

    /** The class, if there is one; numbers to predict are put where they belong. */
    private int label(InternalRow row) throws BadRowException {
      if (layout.labels().isEmpty()) {
        Arrays.fill(targets.values(), Float.NaN);
        return Samples.UNLABELLED;
      }
      fill(layout.labels(), row, targets, "numbers to predict");
      return layout.classes() > 0 ? label(targets.values()[0]) : Samples.UNLABELLED;
    }

    private float weight(InternalRow row) throws BadRowException {
      if (layout.weight() == null) {
        return 1;
      }
      layout.weight().read(row, vocabulary, one, 0);
      float weight = one.values()[0];
      if (weight < 0) {
        throw new BadRowException(
            Kind.NEGATIVE_WEIGHT, "column " + layout.weight().name() + " is " + weight);
      }
      return weight;
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

    private void fill(List<Column> columns, InternalRow row, Numbers to, String what)
        throws BadRowException {
      int at = 0;
      to.begin();
      for (Column column : columns) {
        at = column.read(row, vocabulary, to, at);
      }
      if (at != to.size()) {
        throw new BadRowException(
            Kind.WRONG_LENGTH, String.format("there are %d %s, expected %d", at, what, to.size()));
      }
    }

    private String place(InternalRow row, BadRowException e) {
      String shown = values(row);
      return String.format(
          "%s%s: %s: %s",
          position, shown.isEmpty() ? "" : " (" + shown + ")", e.kind().words(), e.getMessage());
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
