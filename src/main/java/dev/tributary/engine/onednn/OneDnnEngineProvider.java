package dev.tributary.engine.onednn;

import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.Precision;
import java.util.Optional;

/** Opens engines on oneDNN, where its native library loads. */
public final class OneDnnEngineProvider implements EngineProvider {
  private static final long serialVersionUID = 1L;

  private final Precision precision;

  /** With float32 products. */
  public OneDnnEngineProvider() {
    this(Precision.F32);
  }

  /** With products of this precision. */
  public OneDnnEngineProvider(Precision precision) {
    this.precision = precision;
  }

  /** Why no engine can be opened in this JVM; empty if one can. */
  public static Optional<String> problem() {
    return problem(Precision.F32);
  }

  /** The same of an engine with products of this precision. */
  public static Optional<String> problem(Precision precision) {
    NativeLibrary library = NativeLibrary.ofThisJvm();
    if (library.problem() == null && precision == Precision.BF16 && !library.hasBfloat16()) {
      return Optional.of("its " + library.instructionSet() + " kernels have no bf16");
    }
    return Optional.ofNullable(library.problem());
  }

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String description() {
    NativeLibrary library = NativeLibrary.ofThisJvm();
    return library.problem() == null
        ? String.format(
            "onednn %s (%s, %s)", library.version(), library.instructionSet(), precision)
        : "onednn (" + library.problem() + ")";
  }

  @Override
  public Engine open() {
    return new OneDnnEngine(NativeLibrary.ofThisJvm().openMp(), precision);
  }
}
