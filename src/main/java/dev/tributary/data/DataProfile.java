package dev.tributary.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What makes one doubt that samples are what was meant: a class that never occurs, a feature that
 * is always the same, a feature that gives the label away.
 *
 * <p>A feature gives a class away if it has one value for each class, and another for each: the
 * label itself, or a code of it. It gives a number to predict away if it is that number. Features
 * are looked at where they are numbers by themselves: not of images, whose edges are often
 * constant, and not of sparse samples.
 */
public final class DataProfile implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Features times classes that are remembered. */
  private static final int MOST = 1 << 22;

  /** Named in one warning. */
  private static final int NAMED = 5;

  private final int classes;
  private final int features;
  private final long[] classCounts;
  private final float[] first;
  private final BitSet varied = new BitSet();

  /** Features that may yet be copies. */
  private final BitSet copies = new BitSet();

  /** (features, classes): the value that goes with each class; NaN while none was seen. */
  private final float[] valueOfClass;

  private final transient float[] sample;
  private long count;

  /**
   * Of no samples yet.
   *
   * @param classes labels are below it; not looked at where numbers are predicted
   */
  public DataProfile(Schema schema, int classes) {
    boolean looksAtFeatures = schema.kind() == FeatureKind.FLOATS && !schema.shape().isImage();
    this.classes = schema.targets() > 0 ? 0 : classes;
    this.features = looksAtFeatures ? schema.shape().size() : 0;
    this.classCounts = new long[this.classes];
    this.first = new float[features];
    this.sample = new float[features];
    boolean fits = (long) features * Math.max(1, this.classes) <= MOST;
    if (fits && (this.classes > 0 || schema.targets() == 1)) {
      copies.set(0, features);
    }
    this.valueOfClass = new float[fits ? features * this.classes : 0];
    Arrays.fill(valueOfClass, Float.NaN);
  }

  /** Looks at samples {@code 0 … n − 1} of a set. */
  public void add(SampleSet samples, int n) {
    for (int i = 0; i < n; i++) {
      int label = samples.label(i);
      if (isClass(label)) {
        classCounts[label]++;
      }
      if (features > 0) {
        samples.write(i, sample, 0);
        look(label, classes == 0 && samples.schema().targets() == 1 ? samples.target(i, 0) : 0);
      }
      count++;
    }
  }

  private void look(int label, float target) {
    if (count == 0) {
      System.arraycopy(sample, 0, first, 0, features);
    }
    for (int j = varied.nextClearBit(0); j < features; j = varied.nextClearBit(j + 1)) {
      if (sample[j] != first[j]) {
        varied.set(j);
      }
    }
    for (int j = copies.nextSetBit(0); j >= 0; j = copies.nextSetBit(j + 1)) {
      boolean agrees =
          classes == 0
              ? sample[j] == target
              : !isClass(label) || agrees(j * classes + label, sample[j]);
      if (!agrees) {
        copies.clear(j);
      }
    }
  }

  /** Others are for somebody else to complain of. */
  private boolean isClass(int label) {
    return label >= 0 && label < classes;
  }

  private boolean agrees(int at, float value) {
    if (Float.isNaN(valueOfClass[at])) {
      valueOfClass[at] = value;
    }
    return valueOfClass[at] == value;
  }

  /** Adds what was found in other samples. */
  public DataProfile join(DataProfile other) {
    if (other.count == 0) {
      return this;
    }
    if (count == 0) {
      return other;
    }
    for (int c = 0; c < classes; c++) {
      classCounts[c] += other.classCounts[c];
    }
    varied.or(other.varied);
    for (int j = 0; j < features; j++) {
      if (first[j] != other.first[j]) {
        varied.set(j);
      }
    }
    copies.and(other.copies);
    for (int j = copies.nextSetBit(0); j >= 0; j = copies.nextSetBit(j + 1)) {
      for (int c = 0; c < classes; c++) {
        float value = other.valueOfClass[j * classes + c];
        if (!Float.isNaN(value) && !agrees(j * classes + c, value)) {
          copies.clear(j);
        }
      }
    }
    count += other.count;
    return this;
  }

  /**
   * What is to be warned of, in words.
   *
   * @param name of a feature, by its number: {@code column age}
   */
  public List<String> warnings(IntFunction<String> name) {
    List<String> warnings = new ArrayList<>(classWarnings());
    warnings.addAll(featureWarnings(name));
    return warnings;
  }

  /** Classes that never occur. */
  public List<String> classWarnings() {
    List<String> absent =
        IntStream.range(0, classes)
            .filter(c -> classCounts[c] == 0)
            .mapToObj(String::valueOf)
            .toList();
    if (absent.isEmpty()) {
      return List.of();
    }
    return List.of(
        String.format(
            "of the %d classes that the network tells apart, %s never occurs: it cannot be learnt",
            classes, some(absent)));
  }

  /** Features that are always the same, or give the label away; none if there is one sample. */
  public List<String> featureWarnings(IntFunction<String> name) {
    List<String> warnings = new ArrayList<>();
    if (count < 2) {
      return warnings;
    }
    List<String> constant =
        IntStream.range(0, features)
            .filter(j -> !varied.get(j))
            .mapToObj(j -> String.format(Locale.ROOT, "%s (%s)", name.apply(j), first[j]))
            .toList();
    if (!constant.isEmpty()) {
      warnings.add("always the same, and so without use: " + some(constant));
    }
    List<String> giveAway = copies.stream().filter(this::tells).mapToObj(name).toList();
    if (!giveAway.isEmpty()) {
      warnings.add(
          "as good as a copy of what is to be predicted: "
              + some(giveAway)
              + "; leave it out of data.features, unless it is known when the model is used");
    }
    return warnings;
  }

  /** Whether a feature differs, and has another value for each class that occurs. */
  private boolean tells(int feature) {
    if (!varied.get(feature)) {
      return false;
    }
    float[] values = Arrays.copyOfRange(valueOfClass, feature * classes, (feature + 1) * classes);
    Arrays.sort(values);
    for (int c = 1; c < classes; c++) {
      if (values[c] == values[c - 1]) {
        return false;
      }
    }
    return true;
  }

  private static String some(List<String> words) {
    String shown = words.stream().limit(NAMED).collect(Collectors.joining(", "));
    return words.size() <= NAMED ? shown : shown + " and " + (words.size() - NAMED) + " more";
  }
}
