package dev.tributary.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.format.Champion;
import dev.tributary.format.Lease;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelStore;
import dev.tributary.format.StoreException;
import dev.tributary.format.StoreVersion;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models list|show|diff|promote|rollback|prune}: what a model store holds. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows the models of a store, and changes which is the champion.",
    footer = {
      "",
      "A STORE is retrain.store with the job's name: store/digits. Examples:",
      "  deploy/submit models list store/digits",
      "  deploy/submit models rollback store/digits --why \"complaints\""
    })
final class ModelsCommand implements Runnable {
  /** A change waits so long for a process that was killed. */
  private static final int LEASE_SECONDS = 60;

  private static final String STORE = "A store with the job's name: store/digits.";

  @picocli.CommandLine.Spec private picocli.CommandLine.Model.@Nullable CommandSpec spec;

  /** Without a verb of its own it says which there are. */
  @Override
  public void run() {
    if (spec != null) {
      throw new picocli.CommandLine.ParameterException(
          spec.commandLine(), "models needs a verb: list, show, diff, promote, rollback or prune");
    }
  }

  private static ModelStore store(String directory) throws IOException {
    Configuration hadoop = Spark.hadoop();
    Path path = new Path(directory);
    if (!path.getFileSystem(hadoop).exists(new Path(path, "versions"))) {
      throw new StoreException(
          directory
              + " is no model store, as there is no versions/ in it; give retrain.store with the"
              + " job's name, such as store/digits");
    }
    return ModelStore.at(directory, hadoop);
  }

  @Command(name = "list", description = "Lists the versions, and marks the champion.")
  int list(@Parameters(paramLabel = "STORE", description = STORE) String directory)
      throws IOException {
    ModelStore store = store(directory);
    int champion = store.champion().map(Champion::version).orElse(0);
    System.out.println(
        "  version  period                    metric            made                 why");
    for (StoreVersion version : store.versions()) {
      System.out.printf(
          Locale.ROOT,
          "%s %7d  %-24s  %-16s  %-19.19s  %s%n",
          version.number() == champion ? "*" : " ",
          version.number(),
          version.period(),
          metric(version.details().path("metrics")),
          version.created(),
          version.why());
    }
    return 0;
  }

  /** The one that people ask for first. */
  private static String metric(JsonNode metrics) {
    return metrics.properties().stream()
        .findFirst()
        .map(m -> String.format(Locale.ROOT, "%s %.4f", m.getKey(), m.getValue().asDouble()))
        .orElse("");
  }

  @Command(
      name = "show",
      description = "Shows what is known of a version; by default the champion.")
  int show(
      @Parameters(paramLabel = "STORE", description = STORE) String directory,
      @Parameters(
              paramLabel = "NUMBER",
              arity = "0..1",
              description = "The version; by default the champion.")
          @Nullable Integer number)
      throws IOException {
    ModelStore store = store(directory);
    StoreVersion version = store.version(number == null ? champion(store) : number);
    System.out.println(
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(version.details()));
    System.out.println("directory: " + version.directory());
    return 0;
  }

  private static int champion(ModelStore store) throws IOException {
    return store
        .champion()
        .map(Champion::version)
        .orElseThrow(
            () -> new StoreException(store.name() + " has no champion yet; name a version"));
  }

  @Command(name = "diff", description = "Tells in what two versions differ.")
  int diff(
      @Parameters(paramLabel = "STORE", description = STORE) String directory,
      @Parameters(paramLabel = "NUMBER", description = "A version.") int first,
      @Parameters(paramLabel = "NUMBER", description = "Another.") int second)
      throws IOException {
    ModelStore store = store(directory);
    Map<String, String> one = flat(store.version(first).details());
    Map<String, String> other = flat(store.version(second).details());
    Map<String, String> all = new TreeMap<>(one);
    all.putAll(other);
    for (String key : all.keySet()) {
      String a = one.getOrDefault(key, "-");
      String b = other.getOrDefault(key, "-");
      if (!a.equals(b)) {
        System.out.printf("%-32s  %s  ->  %s%n", key, a, b);
      }
    }
    ModelDirectory a = store.model(store.version(first));
    ModelDirectory b = store.model(store.version(second));
    System.out.println(
        a.network().equals(b.network()) ? "the network is the same" : "the network is another");
    System.out.printf(Locale.ROOT, "weights differ by %s%n", distance(a.weights(), b.weights()));
    return 0;
  }

  private static String distance(float[] a, float[] b) {
    if (a.length != b.length) {
      return a.length + " and " + b.length + " in number";
    }
    double sum = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
      norm += (double) a[i] * a[i];
    }
    return String.format(
        Locale.ROOT, "%.4g, %.2g of their length", Math.sqrt(sum), Math.sqrt(sum / norm));
  }

  private static Map<String, String> flat(JsonNode json) {
    Map<String, String> flat = new TreeMap<>();
    add("", json, flat);
    return flat;
  }

  private static void add(String path, JsonNode json, Map<String, String> flat) {
    if (json.isObject()) {
      json.properties()
          .forEach(
              p -> add(path.isEmpty() ? p.getKey() : path + "." + p.getKey(), p.getValue(), flat));
    } else {
      flat.put(path, json.isTextual() ? json.asText() : json.toString());
    }
  }

  @Command(name = "promote", description = "Makes a version the champion.")
  int promote(
      @Parameters(paramLabel = "STORE", description = STORE) String directory,
      @Parameters(paramLabel = "NUMBER", description = "The version.") int number,
      @Option(names = "--why", paramLabel = "TEXT", description = "Kept in the record.")
          @Nullable String why)
      throws IOException {
    ModelStore store = store(directory);
    try (Lease lease = store.lease(LEASE_SECONDS).take()) {
      lease.check();
      say(store.promote(number, why == null ? "by hand" : why));
    }
    return 0;
  }

  @Command(name = "rollback", description = "Makes the champion before this one champion again.")
  int rollback(
      @Parameters(paramLabel = "STORE", description = STORE) String directory,
      @Option(names = "--why", paramLabel = "TEXT", description = "Kept in the record.")
          @Nullable String why)
      throws IOException {
    ModelStore store = store(directory);
    try (Lease lease = store.lease(LEASE_SECONDS).take()) {
      lease.check();
      say(store.rollback(why == null ? "rolled back by hand" : why));
    }
    return 0;
  }

  private static void say(Champion champion) {
    System.out.printf("version %d is champion: %s%n", champion.version(), champion.why());
  }

  @Command(
      name = "prune",
      description = "Removes old versions, but not the champion or the one before it.")
  int prune(
      @Parameters(paramLabel = "STORE", description = STORE) String directory,
      @Option(
              names = "--keep",
              paramLabel = "N",
              required = true,
              description = "How many of the newest stay.")
          int keep)
      throws IOException {
    if (keep < 1) {
      throw new StoreException("--keep " + keep + ": expected at least 1");
    }
    ModelStore store = store(directory);
    try (Lease lease = store.lease(LEASE_SECONDS).take()) {
      lease.check();
      List<Integer> removed = store.prune(keep);
      System.out.println(removed.isEmpty() ? "nothing to remove" : "removed " + removed);
    }
    return 0;
  }
}
