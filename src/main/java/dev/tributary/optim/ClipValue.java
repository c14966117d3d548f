package dev.tributary.optim;

/**
 * Each value is brought into {@code [−most, most]}.
 *
 * @param most the bound, above 0
 */
record ClipValue(float most) implements Transform.ByValue {
  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    for (int i = from; i < to; i++) {
      update[i] = Math.max(-most, Math.min(most, update[i]));
    }
  }
}
