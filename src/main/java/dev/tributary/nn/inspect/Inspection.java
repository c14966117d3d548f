package dev.tributary.nn.inspect;

import dev.tributary.nn.Equations;
import dev.tributary.nn.Network;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network told to a reader.
 *
 * @param title the job's name, or the model's
 * @param network the network
 * @param costs of each layer
 * @param needs of the run, where one is known
 * @param facts other lines worth saying, such as the engine and why
 * @param explained whether the layers' formulas belong to it
 */
public record Inspection(
    String title,
    Network network,
    List<LayerCost> costs,
    @Nullable Needs needs,
    List<String> facts,
    boolean explained) {

  /** How backpropagation goes, before the layers' own formulas. */
  static final List<String> INTRODUCTION =
      List.of(
          "How backpropagation goes through this network. A mini-batch of n samples is a matrix with"
              + " a row for each, so that one product serves them all. x is what a layer reads, y what"
              + " it gives; dx is the derivative of the loss by x, and likewise dy, dW, db. The loss"
              + " gives the last layer's dy; each layer turns its dy into its dx, which is the dy of"
              + " the layer before, and into dW and db, by which its parameters move.",
          "The rule that dimensions must agree: differentiate as if all were numbers, then put the"
              + " factors in the order, and transpose those, for which the dimensions agree; there is"
              + " one way. The product over n in dW is what sums the gradient over the mini-batch.");

  /** Looks at a network. */
  public static Inspection of(
      String title, Network network, @Nullable Needs needs, List<String> facts, boolean explained) {
    return new Inspection(title, network, LayerCost.of(network), needs, facts, explained);
  }

  /** One formula, and the dimensions in it; a word on a layer has none. */
  record Line(String formula, String dimensions) {}

  /** A layer's formulas, in order. */
  List<Line> lines(int layer) {
    Equations equations = network.layers().get(layer).equations();
    List<Line> lines = new ArrayList<>();
    for (String formula : equations.formulas()) {
      lines.add(new Line(formula, equations.dimensionsOf(formula)));
    }
    equations.notes().forEach(note -> lines.add(new Line(note, "")));
    return lines;
  }

  /** What a layer reads and gives: {@code x (n x 800), y (n x 500)}. */
  String arrays(int layer) {
    Equations equations = network.layers().get(layer).equations();
    String x = equations.dimensionsOfArray("x");
    return (x.isEmpty() ? "" : "x " + x + ", ") + "y " + equations.dimensionsOfArray("y");
  }

  /** Weights, multiply-adds and activation bytes of all layers. */
  LayerCost total() {
    return new LayerCost(
        -1,
        "in all",
        "",
        "",
        "",
        costs.stream().mapToLong(LayerCost::weights).sum(),
        costs.stream().mapToLong(LayerCost::multiplyAdds).sum(),
        costs.stream().mapToLong(LayerCost::activationBytes).sum());
  }

  /** What the run moves and holds, in sentences. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>(facts);
    if (needs != null) {
      sentences.add(
          String.format(
              "a step sends %s to each executor, and each task gives back as much",
              Bytes.of(needs.stepBytes())));
      sentences.add(
          String.format(
              "memory: %s on the driver; %s for each task of an executor, besides its data (parts of"
                  + " up to %,d samples)",
              Bytes.of(needs.driverBytes()), Bytes.of(needs.taskBytes()), needs.part()));
    }
    return sentences;
  }
}
