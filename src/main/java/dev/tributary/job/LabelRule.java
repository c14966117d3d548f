package dev.tributary.job;

/**
 * Whether what is to be predicted is a class.
 *
 * @param kind {@code class}, {@code numbers}, or {@code auto}
 * @param classLoss whether the loss is one for classes
 */
public record LabelRule(String kind, boolean classLoss) {
  /**
   * Whether it is.
   *
   * @param numbers how many each sample has
   */
  public boolean areClasses(int numbers) {
    return kind.equals("class") || (kind.equals("auto") && classLoss && numbers == 1);
  }
}
