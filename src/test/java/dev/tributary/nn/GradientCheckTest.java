package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.Activation;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.tensor.Shape;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The checker itself must object to what is wrong, or it checks nothing. */
final class GradientCheckTest {
  private static final EngineProvider JVM = new JvmEngineProvider();

  private static List<GradientFinding> run(Network network, EngineProvider engine, int count) {
    return run(network, engine, network.initialValues(1), count);
  }

  private static List<GradientFinding> run(
      Network network, EngineProvider engine, float[] values, int count) {
    return new GradientCheck(network, new SoftmaxCrossEntropy(), engine)
        .run(values, GradientCheck.randomBatch(network, 4, 1), Pass.training(1, 0, 0), count, 1);
  }

  private static List<String> names(
      List<GradientFinding> findings, Predicate<GradientFinding> which) {
    return findings.stream().filter(which).map(f -> f.layer() + " " + f.variable()).toList();
  }

  private static Network around(Layer middle) {
    return new Network(
        List.of(
            new Affine(6, 5, true, Initializer.HE),
            new Elementwise(Activation.TANH, Shape.flat(5)),
            middle,
            new Affine(5, 3, true, Initializer.HE)));
  }

  @Test
  void findsNothingWhereAllIsRight() {
    List<GradientFinding> findings = run(around(new TestNetworks.Scale(5, 1, 1)), JVM, 100);
    assertThat(names(findings, f -> true))
        .containsExactly(
            "0 x",
            "0 weight",
            "0 bias",
            "1 x",
            "2 x",
            "2 weight",
            "3 x",
            "3 weight",
            "3 bias",
            "4 prediction");
    assertThat(findings).allMatch(f -> f.formulasAgree() && f.engineAgrees() && f.kinks() == 0);
    assertThat(findings).extracting(GradientFinding::checked).contains(24, 30, 5, 20, 15, 3, 12);
  }

  @Test
  void namesTheParameterWhoseGradientIsOff() {
    List<GradientFinding> findings = run(around(new TestNetworks.Scale(5, 1, 1.001f)), JVM, 2);
    assertThat(names(findings, f -> !f.formulasAgree())).containsExactly("2 weight");
    GradientFinding wrong = findings.get(5);
    assertThat(wrong.formulas().error()).isBetween(1e-4, 1.1e-3);
    assertThat(wrong.place(wrong.formulas().index())).matches("weight\\[[0-4]]");
    assertThat(wrong.checked()).isEqualTo(2);
  }

  /** A wrong dx spoils all below it, and nothing above. */
  @Test
  void namesTheLayerWhoseInputGradientIsOff() {
    List<GradientFinding> findings = run(around(new TestNetworks.Scale(5, 0.9f, 1)), JVM, 100);
    assertThat(names(findings, f -> !f.formulasAgree()))
        .containsExactly("0 x", "0 weight", "0 bias", "1 x", "2 x");
  }

  /** An engine that adds a little to the gradient of each affine layer's first bias. */
  private record WrongEngine() implements EngineProvider {
    @Override
    public String name() {
      return "wrong";
    }

    @Override
    public String description() {
      return name();
    }

    @Override
    public Engine open() {
      Engine right = JVM.open();
      return (Engine)
          Proxy.newProxyInstance(
              Engine.class.getClassLoader(),
              new Class<?>[] {Engine.class},
              (proxy, method, arguments) -> {
                try {
                  Object result = method.invoke(right, arguments);
                  if (method.getName().equals("affineWeightGradient")) {
                    Buffer bias = (Buffer) arguments[5];
                    float[] value = {0.01f};
                    bias.addTo(value, 0, 1);
                    bias.put(value, 0, 1);
                  }
                  return result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  @Test
  void tellsAWrongEngineFromWrongFormulas() {
    List<GradientFinding> findings =
        run(around(new TestNetworks.Scale(5, 1, 1)), new WrongEngine(), 100);
    assertThat(findings).allMatch(GradientFinding::formulasAgree);
    assertThat(names(findings, f -> !f.engineAgrees())).containsExactly("0 bias", "3 bias");
    assertThat(findings.get(2).engine().index()).isZero();
  }

  /** ReLU of exactly 0 has no derivative; half of the units here are there, or all. */
  @Test
  void passesOverKinksAndCountsThem() {
    Network network =
        new Network(
            List.of(
                new Affine(3, 4, true, Initializer.ZERO),
                new Elementwise(Activation.RELU, Shape.flat(4)),
                new Affine(4, 3, true, Initializer.HE)));
    float[] values = network.initialValues(1);
    List<GradientFinding> findings = run(network, JVM, values, 100);
    GradientFinding bias = findings.get(2);
    assertThat(bias.kinks()).isEqualTo(4);
    assertThat(bias.isJudged()).isFalse();
    assertThat(bias.formulasAgree()).isTrue();

    Arrays.fill(values, 12, 14, 0.5f);
    findings = run(network, JVM, values, 100);
    bias = findings.get(2);
    assertThat(bias.kinks()).isEqualTo(2);
    assertThat(bias.checked()).isEqualTo(2);
    assertThat(bias.isJudged()).isTrue();
    assertThat(findings).allMatch(f -> f.formulasAgree() && f.engineAgrees());
  }

  @Test
  void doesNotAgreeWithWhatIsNotANumber() {
    Network network = around(new TestNetworks.Scale(5, 1, 1));
    float[] values = network.initialValues(1);
    values[0] = Float.NaN;
    assertThat(run(network, JVM, values, 100)).noneMatch(GradientFinding::formulasAgree);
  }

  /** An array that is read twice moves in both places. */
  @Test
  void addsUpWhatOneLayerReadsTwice() {
    Network network =
        new Network(
            Shape.flat(4),
            List.of(
                new Network.Node(new Affine(4, 3, true, Initializer.HE), List.of(Network.INPUT)),
                new Network.Node(new Add(Shape.flat(3), 2), List.of(0, 0)),
                new Network.Node(
                    new Concatenate(List.of(Shape.flat(3), Shape.flat(3))), List.of(0, 1))));
    List<GradientFinding> findings = run(network, JVM, 100);
    assertThat(names(findings, f -> true))
        .containsExactly("0 x", "0 weight", "0 bias", "1 x0", "2 x0", "2 x1", "3 prediction");
    assertThat(findings).allMatch(f -> f.formulasAgree() && f.engineAgrees());
  }
}
