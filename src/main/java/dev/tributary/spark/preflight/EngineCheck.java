package dev.tributary.spark.preflight;

import java.util.List;
import java.util.stream.Collectors;

/** Whether every executor computes with the driver's engine, to the last bit. */
final class EngineCheck {
  private EngineCheck() {}

  static List<Problem> of(Cluster cluster, String driverEngine) {
    List<Machine> others =
        cluster.machines().stream().filter(m -> !m.engine().equals(driverEngine)).toList();
    if (others.isEmpty()) {
      return List.of();
    }
    String which =
        others.stream()
            .map(m -> m.name() + " has " + m.engine())
            .limit(3)
            .collect(Collectors.joining("; "));
    String more = others.size() > 3 ? " (and " + (others.size() - 3) + " more)" : "";
    return List.of(
        new Problem(
            Problem.Kind.ERROR,
            "engine",
            which + more,
            driverEngine + " everywhere, as on the driver",
            "ONEDNN_MAX_CPU_ISA=AVX2 (say) in every machine's environment, or train.engine = jvm, and"
                + " the same Java options everywhere"));
  }
}
