package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.data.digits.Digits;
import dev.tributary.tensor.Shape;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The embedded digits, drawn by the tasks that need them.
 *
 * @param seed of the drawing
 * @param part train or test
 * @param count how many
 */
public record DigitsSource(long seed, Digits.Part part, long count) implements SampleSource {
  @Override
  public Shape shape() {
    return Shape.image(Digits.HEIGHT, Digits.WIDTH, 1);
  }

  @Override
  public String describe() {
    return "the embedded digits (" + part.name().toLowerCase(java.util.Locale.ROOT) + ")";
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    long drawingSeed = seed;
    Digits.Part drawn = part;
    return spark
        .parallelize(Range.cut(count, slices), slices)
        .flatMap(range -> draw(range, new Digits(drawingSeed, drawn)));
  }

  private static Iterator<Samples> draw(Range range, Digits digits) {
    byte[] pixels = new byte[Digits.HEIGHT * Digits.WIDTH];
    return range.blocks().stream()
        .map(
            block -> {
              Samples samples =
                  new Samples(Shape.image(Digits.HEIGHT, Digits.WIDTH, 1), (int) block.count());
              for (long i = block.from(); i < block.to(); i++) {
                digits.draw(i, pixels, 0);
                samples.add(pixels, 0, digits.label(i));
              }
              return samples;
            })
        .iterator();
  }
}
