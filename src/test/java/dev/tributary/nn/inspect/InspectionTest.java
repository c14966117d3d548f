package dev.tributary.nn.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.Engine;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pass;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.tensor.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What is told of a network is what is computed with it. */
final class InspectionTest {
  private static Job job(String name) throws IOException {
    String text = Files.readString(Path.of("jobs", name + ".conf"));
    return JobParser.parse(text, name, name, Map.of());
  }

  private static Inspection inspection(String name) throws IOException {
    Job job = job(name);
    Needs needs = Needs.of(job.model().network(), 128, 16, 2, 8, 1, 0, Wire.F32);
    return Inspection.of(name, job.model().network(), needs, List.of("a < b"), true);
  }

  @Test
  void costsOfTheLenetAreThoseOfTheBooks() throws IOException {
    LayerCost total = inspection("mnist-lenet").total();
    assertThat(total.weights()).isEqualTo(431_080);
    assertThat(total.multiplyAdds())
        .isEqualTo(576L * 20 * 25 + 64L * 50 * 500 + 800L * 500 + 500 * 10);
    LayerCost pool = inspection("mnist-lenet").costs().get(2);
    assertThat(pool.activationBytes()).isEqualTo(4L * 12 * 12 * 20);
  }

  /** Counts what an execution really asks its engine for. */
  @ParameterizedTest
  @ValueSource(strings = {"mnist-lenet", "mnist-residual", "house-prices", "digits"})
  void valuesPerSampleAreThoseAllocated(String name) throws IOException {
    Network network = job(name).model().network();
    AtomicLong values = new AtomicLong();
    Engine real = new JvmEngineProvider().open();
    Engine counting =
        (Engine)
            Proxy.newProxyInstance(
                Engine.class.getClassLoader(),
                new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("allocate")) {
                    values.addAndGet((Integer) arguments[0]);
                  }
                  try {
                    return method.invoke(real, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    long[] allocated = new long[2];
    for (int n = 1; n <= 2; n++) {
      values.set(0);
      try (Execution execution = new Execution(network, counting)) {
        Batch batch = new Batch(network.input());
        batch.resize(n);
        batch.targets(network.output().size());
        execution.lossAndGradient(batch, new SquaredError(), Pass.training(1, 0, 0));
      }
      allocated[n - 1] = values.get();
    }
    assertThat(network.valuesPerSample()).isEqualTo(allocated[1] - allocated[0]);
  }

  @Test
  void memoryGrowsWithWhatIsKept() throws IOException {
    Network network = job("mnist-lenet").model().network();
    Needs plain = Needs.of(network, 128, 16, 4, 8, 0, 0, Wire.F32);
    assertThat(plain.stepBytes()).isEqualTo(4L * 431_080);
    assertThat(plain.driverBytes()).isEqualTo(plain.stepBytes() * (2 + 4));
    assertThat(plain.part()).isEqualTo(9);
    assertThat(plain.taskBytes())
        .isEqualTo(plain.stepBytes() * (3 + 3) + 9 * 4 * network.valuesPerSample());
    Needs half = Needs.of(network, 128, 16, 4, 8, 0, 0, Wire.BF16);
    assertThat(half.stepBytes()).isEqualTo(2L * 431_080);
    assertThat(half.taskBytes()).as("what is held, not sent").isEqualTo(plain.taskBytes());
    Needs adam = Needs.of(network, 128, 16, 4, 8, 2, 0, Wire.F32);
    assertThat(adam.driverBytes()).isEqualTo(plain.driverBytes() + 2 * plain.stepBytes());
    assertThat(adam.ownedBytes()).isZero();
    Needs sliced = Needs.of(network, 128, 16, 4, 0, 2, 7, Wire.F32);
    assertThat(sliced.driverBytes()).as("no sums").isEqualTo(plain.stepBytes() * (2 + 2));
    assertThat(sliced.ownedBytes()).isEqualTo(7 * plain.stepBytes());
  }

  @Test
  void textReadsLikeTheArticle() throws IOException {
    assertThat(TextReport.of(inspection("mnist-lenet")))
        .contains("affine 800 -> 500")
        .contains("dW = dyᵀ x     (500 x 800) = (500 x n) (n x 800)")
        .contains("dx = dy W      (n x 800) = (n x 500) (500 x 800)")
        .contains("a step sends 1.7 MB to each executor, and each task gives back as much")
        .contains("The rule that dimensions must agree");
  }

  @Test
  void markdownHasATableAPictureAndTheFormulas() throws IOException {
    assertThat(MarkdownReport.of(inspection("mnist-lenet")))
        .contains("| 7 | affine 800 -\\> 500 | 800 | 500 | 400,500 | 400,000 | 2.0 kB |")
        .contains("- a \\< b")
        .contains("<svg")
        .contains("    dW = dyᵀ x     (500 x 800) = (500 x n) (n x 800)");
  }

  /** As XML the page is well-formed, so no text can have slipped out of its place. */
  @ParameterizedTest
  @ValueSource(strings = {"mnist-lenet", "mnist-residual", "house-sales"})
  void htmlIsAPageByItself(String name) throws Exception {
    String html = HtmlReport.of(inspection(name));
    assertThat(html)
        .contains("a &lt; b")
        .doesNotContain("<script")
        .doesNotContain("http://localhost");
    String xml =
        html.replace("<!DOCTYPE html>", "")
            .replace("<meta charset=\"utf-8\">", "")
            .replace("<meta name=\"viewport\" content=\"width=device-width\">", "");
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    int layers = job(name).model().network().layers().size();
    assertThat(page.getElementsByTagName("rect").getLength()).isEqualTo(layers + 1);
    assertThat(page.getElementsByTagName("h2").getLength()).isEqualTo(layers);
  }

  @Test
  void thePictureHasAnArrowForEachConnection() throws IOException {
    Network network = job("mnist-residual").model().network();
    long connections = network.nodes().stream().mapToLong(n -> n.inputs().size()).sum();
    String svg = NetworkPicture.of(network);
    assertThat(svg.split("marker-end", -1).length - 1).isEqualTo(connections);
  }

  @Test
  void sizesAreReadable() {
    assertThat(
            List.of(0L, 999L, 1000L, 1_724_320L, 999_600L, 25_000_000_000L).stream().map(Bytes::of))
        .containsExactly("0 bytes", "999 bytes", "1.0 kB", "1.7 MB", "1.0 MB", "25 GB");
  }
}
