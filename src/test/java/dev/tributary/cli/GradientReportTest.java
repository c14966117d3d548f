package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.Activation;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.GradientCheck;
import dev.tributary.nn.GradientFinding;
import dev.tributary.nn.GradientFinding.Worst;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pass;
import dev.tributary.nn.TestNetworks;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user reads who has made a mistake. */
final class GradientReportTest {
  private static GradientReport report(float inputFactor, float weightFactor) {
    Network network =
        new Network(
            List.of(
                new Affine(6, 5, true, Initializer.HE),
                new Elementwise(Activation.TANH, Shape.flat(5)),
                new TestNetworks.Scale(5, inputFactor, weightFactor),
                new Affine(5, 3, true, Initializer.HE)));
    List<GradientFinding> findings =
        new GradientCheck(network, new SquaredError(), new JvmEngineProvider())
            .run(
                network.initialValues(1),
                GradientCheck.randomBatch(network, 4, 1),
                Pass.training(1, 0, 0),
                16,
                1);
    return new GradientReport(findings, "jvm", "my.conf");
  }

  @Test
  void namesLayerParameterAndIndex() {
    GradientReport report = report(1, 1.5f);
    assertThat(report.agrees()).isFalse();
    assertThat(report.table())
        .containsPattern("  2  scale of 5 +weight .* weight\\[\\d] WRONG FORMULA")
        .containsOnlyOnce("WRONG");
    assertThat(report.verdict())
        .matches(
            "layer 2, scale of 5: the derivative by weight\\[\\d] is \\S+, but the loss's slope"
                + " there is \\S+, off by 3\\.3e-01 of the largest where 1e-06 is allowed; its"
                + " backward is not the derivative of its forward: compare both with what inspect"
                + " --explain my\\.conf says");
  }

  /** The affine layer below inherits the mistake, and is not blamed. */
  @Test
  void blamesTheLayerWhereAMistakeBegins() {
    GradientReport report = report(0.5f, 1);
    assertThat(report.verdict())
        .startsWith("layer 2, scale of 5: the derivative by x[")
        .contains("(and 4 more above it in the table, which may follow from it)");
  }

  @Test
  void blamesTheEngineWhereFormulasAreRight() {
    GradientFinding finding =
        new GradientFinding(
            3,
            "affine 4 -> 2",
            "weight",
            List.of(2, 4),
            8,
            0,
            new Worst(1e-9, 1, 0.5, 0.5),
            new Worst(0.2, 6, 0.5, 0.4));
    GradientReport report = new GradientReport(List.of(finding), "jvm", "my.conf");
    assertThat(report.agrees()).isFalse();
    assertThat(report.table()).contains("weight[1, 2] WRONG ENGINE");
    assertThat(report.verdict())
        .isEqualTo(
            "layer 3, affine 4 -> 2: engine jvm's derivative by weight[1, 2] is 0.400000, but the"
                + " loss's slope there is 0.500000, off by 2.0e-01 of the largest where 1e-03 is"
                + " allowed; its formulas are right and its arithmetic is not: if more"
                + " --samples do not help (batch_norm of few cancels), train with another"
                + " train.engine, and report it");
  }
}
