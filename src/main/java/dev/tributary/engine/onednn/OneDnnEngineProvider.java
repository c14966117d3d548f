package dev.tributary.engine.onednn;

import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;
import java.util.Optional;

/** Opens engines on oneDNN, where its native library loads. */
public final class OneDnnEngineProvider implements EngineProvider {
  private static final long serialVersionUID = 1L;

  /** Why no engine can be opened in this JVM; empty if one can. */
  public static Optional<String> problem() {
    return Optional.ofNullable(NativeLibrary.ofThisJvm().problem());
  }

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String description() {
    NativeLibrary library = NativeLibrary.ofThisJvm();
    return library.problem() == null
        ? String.format("onednn %s (%s, f32)", library.version(), library.instructionSet())
        : "onednn (" + library.problem() + ")";
  }

  @Override
  public Engine open() {
    return new OneDnnEngine(NativeLibrary.ofThisJvm().openMp());
  }
}
