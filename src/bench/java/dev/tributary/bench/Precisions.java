package dev.tributary.bench;

import dev.tributary.engine.Precision;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is measured of the precisions that are asked for: those that this processor has. */
final class Precisions {
  private Precisions() {}

  /** Those that run here; says which do not. */
  static List<String> here(List<String> asked) {
    List<String> here = new ArrayList<>();
    for (String name : asked) {
      Precision precision = Precision.valueOf(name.toUpperCase(Locale.ROOT));
      OneDnnEngineProvider.problem(precision)
          .ifPresentOrElse(
              why -> System.out.printf("%s is left out: %s%n", name, why), () -> here.add(name));
    }
    return here;
  }
}
