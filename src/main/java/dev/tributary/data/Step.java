package dev.tributary.data;

import java.io.Serializable;

/**
 * One step of training.
 *
 * @param number its number from the start of the run, from 0
 * @param epoch its epoch, from 0
 * @param index its place in the epoch, from 0
 * @param count steps in an epoch
 */
public record Step(long number, int epoch, int index, int count) implements Serializable {
  /** Steps in an epoch: {@code ⌈samples / batch⌉}. */
  public static int perEpoch(long samples, int batch) {
    return Math.toIntExact((samples + batch - 1) / batch);
  }

  /** The step with this number when an epoch has {@code count}. */
  public static Step of(long number, int count) {
    return new Step(
        number, Math.toIntExact(number / count), Math.toIntExact(number % count), count);
  }

  /** Whether it ends its epoch. */
  public boolean endsEpoch() {
    return index == count - 1;
  }
}
