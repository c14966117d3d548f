package dev.tributary.engine;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.onednn.OneDnnEngineProvider;
import org.junit.jupiter.api.BeforeAll;

/** The native engine passes what every engine passes. */
final class OneDnnEngineTest extends EngineTest {
  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem()).as("why onednn is not tested").isEmpty();
  }

  @Override
  EngineProvider provider() {
    return new OneDnnEngineProvider();
  }
}
