package dev.tributary.nn.inspect;

import dev.tributary.nn.Network;
import dev.tributary.tensor.Wire;

/**
 * What a training run moves and holds.
 *
 * @param values weights and state
 * @param stepBytes that go from the driver to an executor in a step, and come back from a task
 * @param driverBytes that the driver holds: the values, the optimizer's slots, the sums that it
 *     adds
 * @param taskBytes that a task holds on its executor besides its data: values, gradient, sums, and
 *     what the layers give for its largest part of a mini-batch
 * @param part samples in that part
 * @param ownedBytes that all executors hold together besides, where each owns a slice
 */
public record Needs(
    long values, long stepBytes, long driverBytes, long taskBytes, long part, long ownedBytes) {
  /**
   * Of a run.
   *
   * @param batch samples in a mini-batch
   * @param shards parts of the data
   * @param tasks that share a step
   * @param fanIn sums that the driver adds at most; none where executors own slices
   * @param copies arrays as long as the values that the driver keeps: slots, averages, the best
   * @param owned such arrays of which each executor holds its slice
   * @param wire what weights and gradients are rounded to on their way
   */
  public static Needs of(
      Network network,
      int batch,
      int shards,
      int tasks,
      int fanIn,
      int copies,
      int owned,
      Wire wire) {
    long values = network.valueCount();
    long bytes = Float.BYTES * values;
    long part = (batch + shards - 1) / shards + 1L;
    // The tree within a task holds a sum a level, and one more.
    long sums = Integer.numberOfTrailingZeros(Math.max(1, shards / tasks)) + 1L;
    long perSample = Float.BYTES * network.valuesPerSample();
    // The values as they came, and the engine's own copy of them and of the gradient.
    long task = bytes * (3 + sums) + part * perSample;
    // The values, as they are and as they are sent.
    long driver = bytes * (2 + copies + Math.min(tasks, fanIn));
    long sent = wire.bytes(network.parameterCount(), values - network.parameterCount());
    return new Needs(values, sent, driver, task, part, bytes * owned);
  }

  /** Of all values, or of a sum, where it is not sent but held. */
  public long arrayBytes() {
    return Float.BYTES * values;
  }
}
