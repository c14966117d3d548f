package dev.tributary.spark.preflight;

import dev.tributary.data.DataProfile;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.Samples;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.nn.Network;
import dev.tributary.tensor.Finite;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Looks at some samples: their labels' range, and that their numbers are finite and not huge. */
final class SampleCheck {
  /** Enough to see what is wrong everywhere. */
  private static final int LOOKED_AT = 2000;

  /** Features beyond this make most networks diverge at usual rates. */
  private static final float LARGE = 1e4f;

  /** Samples that must be looked at for something to be always the same. */
  private static final int ENOUGH = 50;

  /** Features, and a share of zeros, from which on sparse samples are much smaller. */
  private static final int WIDE = 100;

  private static final double MOSTLY = 0.8;

  private final Samples samples;
  private final String data;
  private final List<Problem> problems = new ArrayList<>();

  private SampleCheck(Samples samples, String data) {
    this.samples = samples;
    this.data = data;
  }

  /**
   * The problems of the first samples of some data.
   *
   * @param preparation what is done to their features before the network reads them
   * @param data its description
   */
  static List<Problem> of(Samples samples, Network network, Preparation preparation, String data) {
    SampleCheck check = new SampleCheck(samples, data);
    int n = Math.min(LOOKED_AT, samples.count());
    if (samples.schema().targets() == 0) {
      check.labels(n, Math.max(2, network.output().size()));
    }
    check.features(n, preparation);
    check.doubts(n, Math.max(2, network.output().size()));
    check.targets(n);
    return check.problems;
  }

  private void labels(int n, int classes) {
    for (int i = 0; i < n; i++) {
      int label = samples.label(i);
      if (label < 0 || label >= classes) {
        bad(
            "label " + label + " in sample " + i,
            "labels from 0 to " + (classes - 1),
            label < 0
                ? "give every sample a label"
                : "give the network's last layer an output for each class");
        return;
      }
    }
  }

  private void features(int n, Preparation preparation) {
    BitSet filled = preparation.filled();
    int size = samples.shape().size();
    float[] x = new float[size];
    float largest = 0;
    long zeros = 0;
    int sampleOfLargest = 0;
    for (int i = 0; i < n; i++) {
      samples.write(i, x, 0);
      for (int j = filled.nextSetBit(0); j >= 0; j = filled.nextSetBit(j + 1)) {
        if (Float.isNaN(x[j])) {
          x[j] = 0;
        }
      }
      int at = Finite.firstNot(x, 0, size);
      if (at >= 0) {
        bad(
            "feature " + at + " of sample " + i + " is " + x[at],
            "finite numbers",
            Float.isNaN(x[at])
                ? "clean or leave out such samples, or fill them by data.prepare = fill"
                : "clean or leave out such samples");
        return;
      }
      for (float value : x) {
        zeros += value == 0 ? 1 : 0;
        if (Math.abs(value) > largest) {
          largest = Math.abs(value);
          sampleOfLargest = i;
        }
      }
    }
    sparsity(n, zeros);
    if (largest > LARGE && preparation.isNone()) {
      problems.add(
          new Problem(
              Problem.Kind.WARNING,
              data,
              String.format(
                  Locale.ROOT, "features up to %.3g, in sample %d", largest, sampleOfLargest),
              "numbers around 1",
              "scale the features, by data.prepare = standardize"));
    }
  }

  /** Wide rows of little else than zeros take a fraction of the memory as sparse ones. */
  private void sparsity(int n, long zeros) {
    int size = samples.shape().size();
    if (samples.schema().kind() == FeatureKind.FLOATS
        && size >= WIDE
        && zeros > MOSTLY * n * size) {
      problems.add(
          new Problem(
              Problem.Kind.WARNING,
              data,
              String.format(
                  Locale.ROOT, "%.1f%% of the features are 0", 100.0 * zeros / ((double) n * size)),
              "sparse samples, which take 8 bytes for each other feature alone",
              "of a table -D data.sparse=true"));
    }
  }

  /** Of a sample alone; which classes there are it cannot tell. */
  private void doubts(int n, int classes) {
    if (n < ENOUGH) {
      return;
    }
    DataProfile profile = new DataProfile(samples.schema(), classes);
    profile.add(samples, n);
    for (String doubt : profile.featureWarnings(j -> "feature " + j)) {
      problems.add(
          new Problem(
              Problem.Kind.WARNING,
              data,
              String.format(Locale.ROOT, "in the first %,d samples %s", n, doubt),
              "features that tell, and not too much",
              "data.features without it"));
    }
  }

  private void targets(int n) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < samples.schema().targets(); j++) {
        if (!Float.isFinite(samples.target(i, j))) {
          bad(
              "target " + j + " of sample " + i + " is " + samples.target(i, j),
              "finite numbers",
              "clean or leave out such samples");
          return;
        }
      }
      if (!(samples.weight(i) >= 0) || Float.isInfinite(samples.weight(i))) {
        bad(
            "the weight of sample " + i + " is " + samples.weight(i),
            "finite weights of at least 0",
            "clean or leave out such samples");
        return;
      }
    }
  }

  private void bad(String found, String needed, String remedy) {
    problems.add(new Problem(Problem.Kind.BAD_DATA, data, found, needed, remedy));
  }
}
