package dev.tributary.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The categories of each categorical column, in the order of their text, and behind them those that
 * came later: a category's number is its place. It belongs to a model, which means nothing under
 * another's numbers.
 */
public final class Vocabulary implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Without columns. */
  public static final Vocabulary EMPTY = new Vocabulary(Map.of());

  private final TreeMap<String, List<String>> columns = new TreeMap<>();
  private final HashMap<String, HashMap<String, Integer>> numbers = new HashMap<>();

  /** Of these columns' categories, in any order. */
  public Vocabulary(Map<String, ? extends Collection<String>> categories) {
    categories.forEach(
        (column, values) -> put(column, values.stream().distinct().sorted().toList()));
  }

  /** Of these columns' categories, in this order, as a model has kept it. */
  public static Vocabulary inOrder(Map<String, List<String>> categories) {
    Vocabulary vocabulary = new Vocabulary(Map.of());
    categories.forEach(vocabulary::put);
    return vocabulary;
  }

  private void put(String column, List<String> categories) {
    HashMap<String, Integer> places = new HashMap<>();
    categories.forEach(category -> places.put(category, places.size()));
    columns.put(column, List.copyOf(categories));
    numbers.put(column, places);
  }

  /** The same with the categories of newer data behind its own, whose numbers stay. */
  public Vocabulary with(Vocabulary newer) {
    Map<String, List<String>> all = new TreeMap<>(columns);
    newer.columns.forEach(
        (column, categories) -> {
          List<String> both = new ArrayList<>(all.getOrDefault(column, List.of()));
          categories.stream().filter(c -> number(column, c) == null).forEach(both::add);
          all.put(column, both);
        });
    return inOrder(all);
  }

  /** Each column's categories, in order. */
  public Map<String, List<String>> columns() {
    return columns;
  }

  /** A category's number, from 0; null if the column has no such category. */
  public @Nullable Integer number(String column, String category) {
    HashMap<String, Integer> places = numbers.get(column);
    return places == null ? null : places.get(category);
  }
}
