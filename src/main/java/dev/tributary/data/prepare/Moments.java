package dev.tributary.data.prepare;

import dev.tributary.data.Shard;
import dev.tributary.nn.Batch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Count, mean, variance and range of each column (of images, each channel), in double precision and
 * one pass. Missing values, NaN, are left out.
 *
 * <p>Within a block of samples the mean comes first, then the squares around it; blocks and shards
 * are joined by the formula of Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm
 * for computing sample variances", 1979. So numbers far from 0 lose nothing. Shards are joined
 * along the same tree as gradients: the result is the same bytes on any number of partitions.
 */
public final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Samples in a block: constant, as it is part of the result's last bits. */
  private static final int BLOCK = 64;

  private final long[] count;
  private final double[] mean;
  private final double[] squares;
  private final float[] least;
  private final float[] most;

  /** Over no samples yet. */
  public Moments(int columns) {
    count = new long[columns];
    mean = new double[columns];
    squares = new double[columns];
    least = new float[columns];
    most = new float[columns];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
  }

  /**
   * The node of the tree above an aligned run of shards.
   *
   * @param shards in the order of their numbers: a power of two of them
   * @param before what is done to features before they are counted; keeps their shape
   */
  public static Moments of(List<Shard> shards, Preparation before) {
    int n = shards.size();
    if (n == 1) {
      return of(shards.get(0), before);
    }
    return of(shards.subList(0, n / 2), before).join(of(shards.subList(n / 2, n), before));
  }

  private static Moments of(Shard shard, Preparation before) {
    int columns = Columns.count(before.input());
    Moments all = new Moments(columns);
    Batch batch = new Batch(before.input());
    int samples = shard.samples().count();
    for (int from = 0; from < samples; from += BLOCK) {
      shard.fill(batch, from, Math.min(BLOCK, samples - from));
      before.apply(batch.features(), batch.n());
      Moments block = new Moments(columns);
      block.count(batch.features(), batch.n() * before.input().size() / columns);
      all.join(block);
    }
    return all;
  }

  /** As it was kept: numbers of each column, as the accessors give them. */
  public static Moments restored(
      long[] count, double[] mean, double[] squares, float[] least, float[] most) {
    Moments moments = new Moments(count.length);
    System.arraycopy(count, 0, moments.count, 0, count.length);
    System.arraycopy(mean, 0, moments.mean, 0, count.length);
    System.arraycopy(squares, 0, moments.squares, 0, count.length);
    System.arraycopy(least, 0, moments.least, 0, count.length);
    System.arraycopy(most, 0, moments.most, 0, count.length);
    return moments;
  }

  /**
   * The node above all of these.
   *
   * @param nodes aligned runs of equal length, in order: a power of two of them
   */
  public static Moments join(List<Moments> nodes) {
    List<Moments> level = nodes;
    while (level.size() > 1) {
      List<Moments> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        above.add(level.get(i).join(level.get(i + 1)));
      }
      level = above;
    }
    return level.get(0);
  }

  /** Counts (rows, columns) numbers; nothing may have been counted before. */
  void count(float[] values, int rows) {
    int columns = count.length;
    for (int i = 0; i < rows * columns; i += columns) {
      for (int c = 0; c < columns; c++) {
        float value = values[i + c];
        if (!Float.isNaN(value)) {
          count[c]++;
          mean[c] += value;
          least[c] = Math.min(least[c], value);
          most[c] = Math.max(most[c], value);
        }
      }
    }
    for (int c = 0; c < columns; c++) {
      mean[c] = count[c] == 0 ? 0 : mean[c] / count[c];
    }
    for (int i = 0; i < rows * columns; i += columns) {
      for (int c = 0; c < columns; c++) {
        float value = values[i + c];
        if (!Float.isNaN(value)) {
          squares[c] += (value - mean[c]) * (value - mean[c]);
        }
      }
    }
  }

  /** Adds others behind these; a column over nothing is left out. */
  public Moments join(Moments other) {
    for (int c = 0; c < count.length; c++) {
      if (other.count[c] == 0) {
        continue;
      }
      double n = count[c] + other.count[c];
      double apart = other.mean[c] - mean[c];
      squares[c] += other.squares[c] + apart * apart * (count[c] * (other.count[c] / n));
      mean[c] = count[c] == 0 ? other.mean[c] : mean[c] + apart * (other.count[c] / n);
      count[c] += other.count[c];
      least[c] = Math.min(least[c], other.least[c]);
      most[c] = Math.max(most[c], other.most[c]);
    }
    return this;
  }

  /** How many columns. */
  public int columns() {
    return count.length;
  }

  /** The sum of a column's squared distances from its mean. */
  public double squares(int column) {
    return squares[column];
  }

  /** Values in a column that are not missing. */
  public long count(int column) {
    return count[column];
  }

  /** Their mean. */
  public double mean(int column) {
    return mean[column];
  }

  /** The root of their variance, which divides by their number. */
  public double deviation(int column) {
    return count[column] == 0 ? 0 : Math.sqrt(squares[column] / count[column]);
  }

  /** The least of them. */
  public float least(int column) {
    return least[column];
  }

  /** The greatest of them. */
  public float most(int column) {
    return most[column];
  }
}
