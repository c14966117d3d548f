package dev.tributary.engine;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import java.util.List;
import org.junit.jupiter.api.Named;

/** The engines that run on this machine, for tests that every engine must pass. */
public final class TestEngines {
  private TestEngines() {}

  /**
   * Each under its description; where onednn does not load, jvm alone, and OneDnnEngineTest says
   * why.
   */
  public static List<Named<EngineProvider>> all() {
    Named<EngineProvider> jvm = named(new JvmEngineProvider());
    return OneDnnEngineProvider.problem().isEmpty()
        ? List.of(jvm, named(new OneDnnEngineProvider()))
        : List.of(jvm);
  }

  private static Named<EngineProvider> named(EngineProvider provider) {
    return Named.of(provider.name(), provider);
  }
}
