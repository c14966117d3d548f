package dev.tributary.data.embedded;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.digits.Digits.Part;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;

/**
 * Houses of a town that does not exist, as a table.
 *
 * <pre>
 *   0  area        in 100 m²
 *   1  rooms       in 5
 *   2  age         in 50 years
 *   3  distance    from the centre, in 10 km
 *   4  district    0 to 19: a number that means nothing but which
 *   5  kind        0 to 3: flat, terrace, semi-detached, detached
 *   6  asked       for the house, in 100,000 (for sales alone)
 * </pre>
 *
 * <p>The price, in 100,000, follows from all six, and from luck, whose deviation is 8 %: the
 * logarithm is the district's and the kind's level, 0.8 log area, what age takes (in some districts
 * old is dear), and what distance takes, less where a district is liked. So no prediction has an R²
 * much over 0.98. A house is sold within a month with a probability that falls from near 1 to near
 * 0 as what is asked goes from 20 % under to 20 % over the price.
 */
final class Houses {
  static final Schema PRICES = new Schema(Shape.flat(6), false, 1, false);
  static final Schema SALES = new Schema(Shape.flat(7), false, 0, false);

  private static final int DISTRICTS = 20;
  private static final int KINDS = 4;

  /** The town itself has a seed of its own: every seed draws houses of the same town. */
  private static final long TOWN = 1848;

  private final long seed;
  private final Purpose purpose;
  private final Philox random;
  private final double[] level = new double[DISTRICTS];
  private final double[] charm = new double[DISTRICTS];
  private final float[] features = new float[6];

  Houses(long seed, Part part) {
    this.seed = seed;
    this.purpose = part == Part.TRAIN ? Purpose.HOUSES_TRAIN : Purpose.HOUSES_TEST;
    this.random = Philox.stream(TOWN, Purpose.HOUSES_TRAIN, -1, 0);
    for (int d = 0; d < DISTRICTS; d++) {
      level[d] = 0.35 * random.nextGaussian();
      charm[d] = random.nextDouble();
    }
  }

  /** Draws a house; its price. */
  private double draw(long index) {
    random.restart(seed, purpose, index, 0);
    int district = random.nextInt(DISTRICTS);
    int kind = random.nextInt(KINDS);
    double area = 40 + 25 * kind + 80 * random.nextDouble();
    double rooms = Math.max(1, Math.round(area / (22 + 10 * random.nextDouble())));
    double age = 100 * random.nextDouble() * random.nextDouble();
    double distance = 15 * random.nextDouble();
    features[0] = (float) (area / 100);
    features[1] = (float) (rooms / 5);
    features[2] = (float) (age / 50);
    features[3] = (float) (distance / 10);
    features[4] = district;
    features[5] = kind;
    double logarithm =
        1
            + level[district]
            + 0.12 * kind
            + 0.8 * Math.log(area / 100)
            + 0.03 * Math.min(rooms, 5)
            + (charm[district] - 0.6) * age / 100
            - (1 - 0.7 * charm[district]) * distance / 20
            + 0.08 * random.nextGaussian();
    return Math.exp(logarithm);
  }

  void addPrice(long index, Samples samples) {
    double price = draw(index);
    samples.add(features, new float[] {(float) price}, 1f);
  }

  void addSale(long index, Samples samples) {
    double price = draw(index);
    double over = 0.15 * random.nextGaussian();
    double probability = 1 / (1 + Math.exp(over / 0.04));
    float[] offered = Arrays.copyOf(features, 7);
    offered[6] = (float) (price * (1 + over));
    samples.add(offered, random.nextDouble() < probability ? 1 : 0);
  }
}
