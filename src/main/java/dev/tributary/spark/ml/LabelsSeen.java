package dev.tributary.spark.ml;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.spark.SampleSource;
import java.util.BitSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.AccumulatorV2;

/** A source of samples that notes, as it is read, which classes there are. */
final class LabelsSeen implements SampleSource {
  private final SampleSource source;
  private final Classes classes = new Classes();

  LabelsSeen(SampleSource source) {
    this.source = source;
  }

  /** The classes of the samples that were read. */
  BitSet classes() {
    return classes.value();
  }

  @Override
  public Schema schema() {
    return source.schema();
  }

  @Override
  public long count() {
    return source.count();
  }

  @Override
  public String describe() {
    return source.describe();
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    spark.sc().register(classes);
    return source.read(spark, slices).map(new Note(classes));
  }

  @Override
  public void checkRead() {
    source.checkRead();
  }

  /** Notes the classes of each block that passes. */
  private record Note(Classes classes)
      implements org.apache.spark.api.java.function.Function<Samples, Samples> {
    @Override
    public Samples call(Samples block) {
      BitSet found = new BitSet();
      for (int i = 0; i < block.count(); i++) {
        if (block.label(i) >= 0) {
          found.set(block.label(i));
        }
      }
      classes.add(found);
      return block;
    }
  }

  /** A union, which is the same however often a partition is read. */
  private static final class Classes extends AccumulatorV2<BitSet, BitSet> {
    private static final long serialVersionUID = 1L;

    private final BitSet all = new BitSet();

    @Override
    public boolean isZero() {
      return all.isEmpty();
    }

    @Override
    public AccumulatorV2<BitSet, BitSet> copy() {
      Classes copy = new Classes();
      copy.all.or(all);
      return copy;
    }

    @Override
    public void reset() {
      all.clear();
    }

    @Override
    public void add(BitSet some) {
      all.or(some);
    }

    @Override
    public void merge(AccumulatorV2<BitSet, BitSet> other) {
      all.or(other.value());
    }

    @Override
    public BitSet value() {
      return all;
    }
  }
}
