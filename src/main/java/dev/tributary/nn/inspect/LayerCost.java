package dev.tributary.nn.inspect;

import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Parameter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one layer costs.
 *
 * @param index its place, from 0
 * @param name what it is
 * @param reads what it reads, in words; empty where that is the layer before
 * @param input one sample's shape going in
 * @param output one sample's shape coming out
 * @param weights how many it has
 * @param multiplyAdds multiplications with an addition, a sample, forward; backward takes twice as
 *     many
 * @param activationBytes of what it gives, a sample
 */
public record LayerCost(
    int index,
    String name,
    String reads,
    String input,
    String output,
    long weights,
    long multiplyAdds,
    long activationBytes) {

  /** Of every layer, in order. */
  public static List<LayerCost> of(Network network) {
    return IntStream.range(0, network.layers().size()).mapToObj(i -> of(network, i)).toList();
  }

  private static LayerCost of(Network network, int i) {
    Layer layer = network.layers().get(i);
    List<Integer> from = network.nodes().get(i).inputs();
    return new LayerCost(
        i,
        layer.describe(),
        from.equals(List.of(i - 1)) ? "" : names(from),
        layer.inputs().stream().map(Object::toString).distinct().collect(Collectors.joining(", ")),
        layer.output().toString(),
        layer.parameters().stream().mapToLong(Parameter::size).sum(),
        layer.multiplyAdds(),
        layer.reshapesOnly() ? 0 : (long) Float.BYTES * layer.output().size());
  }

  private static String names(List<Integer> from) {
    return from.stream()
        .map(k -> k == Network.INPUT ? "input" : Integer.toString(k))
        .collect(Collectors.joining(", "));
  }
}
