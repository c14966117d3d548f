package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.engine.jvm.JvmEngineProvider;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows of tables, and the sums of what flows back to them. */
final class EmbeddingTest {
  private static final Embedding LAYER =
      new Embedding(4, List.of(new Embedding.Column(2, 3, 2), new Embedding.Column(0, 2, 1)));

  private static LayerRun run(int n) {
    LayerRun run = new LayerRun(LAYER, new JvmEngineProvider().open(), n);
    run.setParameter(0, new float[] {1, 2, 3, 4, 5, 6});
    run.setParameter(1, new float[] {7, 8});
    return run;
  }

  @Test
  void readsRowsAndSumsTheirGradients() {
    LayerRun run = run(3);
    float[] x = {1, 0.5f, 2, -1, 0, 0.25f, 0, -2, 0, 9, 2, 4};
    float[] y = run.forward(x, Pass.training(1, 0, 0));
    assertThat(y).containsExactly(0.5f, -1, 5, 6, 8, 0.25f, -2, 1, 2, 7, 9, 4, 5, 6, 7);

    float[] dy = {1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500};
    float[] dx = run.backward(dy);
    assertThat(dx).containsExactly(0, 1, 0, 2, 0, 10, 0, 20, 0, 100, 0, 200);
    assertThat(run.parameterGradients().get(0)).containsExactly(30, 40, 0, 0, 303, 404);
    assertThat(run.parameterGradients().get(1)).containsExactly(550, 5);
  }

  @Test
  void refusesWhatIsNoCategory() {
    for (float wrong : new float[] {3, -1, 0.5f, Float.NaN}) {
      assertThatThrownBy(() -> run(1).forward(new float[] {0, 0, wrong, 0}, Pass.INFERENCE))
          .hasMessage(
              "a sample's feature 2 is %s, but embedding reads categories 0 to 2 there; mend the"
                  + " data or give the column more categories",
              wrong);
    }
    assertThat(run(1).forward(new float[] {0, 0, 1.0001f, 0}, Pass.INFERENCE))
        .containsExactly(0, 0, 3, 4, 7);
    assertThatThrownBy(() -> new Embedding(2, List.of(new Embedding.Column(2, 3, 1))))
        .hasMessage("column 2 is not among the 2 features, 0 to 1");
    Embedding.Column twice = new Embedding.Column(1, 3, 1);
    assertThatThrownBy(() -> new Embedding(2, List.of(twice, twice)))
        .hasMessage("column 1 is named twice");
  }
}
