package dev.tributary.nn;

import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a layer computes, forward and backward, as a reader of an article would like it: formulas,
 * and under each the dimensions of what stands in it, which must agree.
 *
 * <p>A formula is in one letter, or d and one letter, for each array: {@code dW = dyᵀ x}. ᵀ turns
 * an array's dimensions round.
 */
public final class Equations {
  /** The dimension that is the number of samples, shown as n; −k is n · k. */
  public static final int SAMPLES = -1;

  private static final Pattern NAME =
      Pattern.compile("(?<![\\p{L}\\p{M}])(d?\\p{L})(ᵀ?)(?![\\p{L}(′])");

  private final Map<String, List<Integer>> dimensions = new LinkedHashMap<>();
  private final List<String> formulas = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Of a layer whose x and y have one shape. */
  static Equations sameShape(Shape shape) {
    return new Equations().shaped("x", shape).shaped("y", shape);
  }

  /** Says that an array holds n samples of a shape. */
  Equations shaped(String name, Shape shape) {
    List<Integer> sizes = new ArrayList<>(List.of(SAMPLES));
    for (int d : shape.dimensions()) {
      sizes.add(d);
    }
    return where(name, sizes.toArray(Integer[]::new));
  }

  /** Says an array's dimensions, outermost first; its derivative's are the same. */
  public Equations where(String name, Integer... sizes) {
    dimensions.put(name, List.of(sizes));
    dimensions.put("d" + name, List.of(sizes));
    return this;
  }

  /** Adds a formula. */
  public Equations say(String formula) {
    formulas.add(formula);
    return this;
  }

  /** Adds a formula that is no product, or a word on one: its dimensions are not spelled out. */
  public Equations note(String text) {
    notes.add(text);
    return this;
  }

  /** What is said besides formulas. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** An array's dimensions, such as {@code (n x 500)}; empty if it is not known here. */
  public String dimensionsOfArray(String name) {
    List<Integer> sizes = dimensions.get(name);
    return sizes == null ? "" : show(sizes, false);
  }

  /** The formulas. */
  public List<String> formulas() {
    return List.copyOf(formulas);
  }

  /** The dimensions of each array by its name. */
  public Map<String, List<Integer>> dimensions() {
    return Map.copyOf(dimensions);
  }

  /** A formula with every array replaced by its dimensions. */
  public String dimensionsOf(String formula) {
    Matcher matcher = NAME.matcher(formula);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      List<Integer> sizes = dimensions.get(matcher.group(1));
      if (sizes != null) {
        String shown = show(sizes, !matcher.group(2).isEmpty());
        matcher.appendReplacement(text, Matcher.quoteReplacement(shown));
      }
    }
    return matcher.appendTail(text).toString();
  }

  private static String show(List<Integer> sizes, boolean transposed) {
    List<String> shown = new ArrayList<>(sizes.stream().map(Equations::show).toList());
    if (transposed) {
      java.util.Collections.reverse(shown);
    }
    return shown.stream().collect(Collectors.joining(" x ", "(", ")"));
  }

  private static String show(int size) {
    if (size == SAMPLES) {
      return "n";
    }
    return size < 0 ? "n·" + -size : Integer.toString(size);
  }
}
