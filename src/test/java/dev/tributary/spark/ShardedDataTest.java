package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.holdenkarau.spark.testing.JavaRDDComparisons;
import com.holdenkarau.spark.testing.RDDGenerator;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.TestSamples;
import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.scalacheck.Gen;
import org.scalacheck.rng.Seed;
import scala.Function0;
import scala.reflect.ClassTag$;

final class ShardedDataTest extends SparkTest {
  private static final Shape SHAPE = Shape.image(4, 4, 1);
  private static final int SHARDS = 16;

  private JavaRDD<String> fingerprints(SampleSource source, int partitions) {
    return ShardedData.of(jsc(), source, SHARDS, partitions, 1)
        .shards()
        .map(TestSamples::fingerprint);
  }

  /**
   * The same shards in the same order, whatever the partitions, the reading order and the blocks.
   */
  @Test
  void shardsAreAFunctionOfContentAndSeed() {
    Samples samples = TestSamples.of(SHAPE, 3, 700, 5);
    List<String> expected =
        TestSamples.shards(samples, SHARDS, 1).stream().map(TestSamples::fingerprint).toList();
    JavaRDD<String> oracle = jsc().parallelize(expected, 1);
    for (int partitions = 1; partitions <= SHARDS; partitions *= 2) {
      SampleSource source =
          new MemorySource(TestSamples.shuffled(samples, partitions), 100 / partitions + 7);
      JavaRDDComparisons.assertRDDEqualsWithOrder(
          oracle, fingerprints(source, partitions).repartition(1).sortBy(s -> number(s), true, 1));
      assertThat(fingerprints(source, partitions).collect()).isEqualTo(expected);
    }
  }

  private static Integer number(String fingerprint) {
    return Integer.valueOf(fingerprint.substring(0, fingerprint.indexOf(':')));
  }

  /**
   * Any RDD of any layout, as Spark testing base generates them: empty partitions and duplicates
   * too.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keepsEverySampleOfAGeneratedRdd(long seed) {
    JavaRDD<Integer> numbers = generated(seed).toJavaRDD();
    List<Integer> all = numbers.collect();
    Samples samples = new Samples(SHAPE, 0);
    all.forEach(i -> TestSamples.add(samples, 3, i, 5));
    SampleSource source = new GeneratedSource(numbers, all.size());
    if (all.isEmpty()) {
      assertThatThrownBy(() -> fingerprints(source, 4)).isInstanceOf(DataException.class);
      return;
    }
    List<String> expected =
        TestSamples.shards(samples, SHARDS, 1).stream().map(TestSamples::fingerprint).toList();
    assertThat(fingerprints(source, 4).collect()).as("seed %d", seed).isEqualTo(expected);
  }

  @SuppressWarnings("unchecked")
  private RDD<Integer> generated(long seed) {
    Function0<Gen<Integer>> numbers =
        (Function0<Gen<Integer>> & Serializable)
            () -> (Gen<Integer>) (Gen<?>) Gen.choose(0, 200, Gen.Choose$.MODULE$.chooseInt());
    Gen<RDD<Integer>> rdds =
        RDDGenerator.genRDD(sc(), 5, numbers, ClassTag$.MODULE$.apply(Integer.class));
    return rdds.pureApply(defaults(), Seed.apply(seed), 100);
  }

  /** {@code Gen.Parameters.default}, whose name is a word of Java's. */
  private static Gen.Parameters defaults() {
    try {
      return (Gen.Parameters)
          Gen.Parameters$.class.getMethod("default").invoke(Gen.Parameters$.MODULE$);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private record GeneratedSource(JavaRDD<Integer> numbers, long count) implements SampleSource {
    @Override
    public Schema schema() {
      return Schema.images(SHAPE);
    }

    @Override
    public String describe() {
      return "generated";
    }

    @Override
    public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
      return numbers.map(
          i -> {
            Samples one = new Samples(SHAPE, 1);
            TestSamples.add(one, 3, i, 5);
            return one;
          });
    }
  }

  @Test
  void refusesAnEmptySource() {
    assertThatThrownBy(() -> fingerprints(new MemorySource(new Samples(SHAPE, 0), 1), 2))
        .isInstanceOf(DataException.class)
        .hasMessage("memory holds no samples; there is nothing to do");
  }
}
