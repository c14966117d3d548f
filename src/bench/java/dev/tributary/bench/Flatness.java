package dev.tributary.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What processes hold, watched over time: live heap (after a full collection), resident memory,
 * threads, open files, and, of Spark's, blocks in memory and broadcasts.
 *
 * <p>After a third of the time, in which caches and Spark's lists of past jobs fill, the median of
 * what is left's first half is compared with that of its second half; of blocks the least, as their
 * number goes up and down with Spark's cleaner, which comes to them some time after a collection.
 */
final class Flatness {
  /** What is counted in a process, and how much more is no leak: a share, and a number. */
  private enum Quantity {
    LIVE_HEAP_KB(0.05, 1500),
    RESIDENT_KB(0.10, 20_000),
    THREADS(0, 3),
    OPEN_FILES(0, 4),
    BLOCKS_IN_MEMORY(0, 16),
    BROADCASTS(0, 4),
    FILES_ON_DISK(0.05, 10);

    private final double share;
    private final double number;

    Quantity(double share, double number) {
      this.share = share;
      this.number = number;
    }

    String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A line of jcmd's class histogram: number, instances, bytes, class. */
  private static final Pattern CLASS = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+).*");

  private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

  private final Path csv;
  private final long start = System.nanoTime();
  private final Map<String, Map<Quantity, List<Long>>> seen = new LinkedHashMap<>();

  Flatness(Path csv) throws IOException {
    this.csv = csv;
    StringBuilder header = new StringBuilder("seconds,step,process,pid");
    for (Quantity quantity : Quantity.values()) {
      header.append(',').append(quantity.title());
    }
    Files.writeString(csv, header.append('\n'));
  }

  /** Looks at processes, and at folders in which files may be left. */
  void sample(long step, Map<String, ProcessHandle> processes, List<Path> folders)
      throws IOException, InterruptedException {
    long seconds = (System.nanoTime() - start) / 1_000_000_000L;
    for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
      Map<Quantity, Long> values = look(process.getValue().pid());
      if (process.getKey().equals("driver")) {
        long files = 0;
        for (Path folder : folders) {
          files += files(folder);
        }
        values.put(Quantity.FILES_ON_DISK, files);
      }
      add(process.getKey(), values);
      StringBuilder line = new StringBuilder();
      line.append(seconds).append(',').append(step).append(',').append(process.getKey());
      line.append(',').append(process.getValue().pid());
      for (Quantity quantity : Quantity.values()) {
        Long value = values.get(quantity);
        line.append(',').append(value == null ? "" : value.toString());
      }
      Files.writeString(csv, line.append('\n'), StandardOpenOption.APPEND);
    }
  }

  private void add(String process, Map<Quantity, Long> values) {
    Map<Quantity, List<Long>> lists = seen.computeIfAbsent(process, p -> new TreeMap<>());
    values.forEach((q, v) -> lists.computeIfAbsent(q, k -> new ArrayList<>()).add(v));
  }

  private static Map<Quantity, Long> look(long pid) throws IOException, InterruptedException {
    Map<Quantity, Long> values = new TreeMap<>();
    histogram(pid, values);
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      String[] cells = line.split("\\s+", -1);
      if (cells[0].equals("VmRSS:")) {
        values.put(Quantity.RESIDENT_KB, Long.parseLong(cells[1]));
      } else if (cells[0].equals("Threads:")) {
        values.put(Quantity.THREADS, Long.parseLong(cells[1]));
      }
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      values.put(Quantity.OPEN_FILES, open.count());
    }
    return values;
  }

  /** A full collection, and what is left of each class. */
  private static void histogram(long pid, Map<Quantity, Long> values)
      throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder("jcmd", "" + pid, "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException("jcmd " + pid + " failed: " + text);
    }
    long blocks = 0;
    long broadcasts = 0;
    for (String line : text.lines().toList()) {
      Matcher one = CLASS.matcher(line);
      if (one.matches()) {
        String name = one.group(2);
        if (name.endsWith("memory.DeserializedMemoryEntry")
            || name.endsWith("memory.SerializedMemoryEntry")) {
          blocks += Long.parseLong(one.group(1));
        } else if (name.endsWith("broadcast.TorrentBroadcast")) {
          broadcasts += Long.parseLong(one.group(1));
        }
      }
      Matcher total = TOTAL.matcher(line);
      if (total.find()) {
        values.put(Quantity.LIVE_HEAP_KB, Long.parseLong(total.group(1)) / 1024);
      }
    }
    values.put(Quantity.BLOCKS_IN_MEMORY, blocks);
    values.put(Quantity.BROADCASTS, broadcasts);
  }

  private static long files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    } catch (java.io.UncheckedIOException e) {
      // One was deleted on the way.
      return files(folder);
    }
  }

  /** The medians early and late, or the least, of each quantity of each process. */
  private record Trend(long early, long late) {
    static Trend of(Quantity quantity, List<Long> values) {
      List<Long> settled = values.subList(values.size() / 3, values.size());
      int half = settled.size() / 2;
      return new Trend(
          typical(quantity, settled.subList(0, half)),
          typical(quantity, settled.subList(half, settled.size())));
    }

    private static long typical(Quantity quantity, List<Long> values) {
      List<Long> sorted = values.stream().sorted().toList();
      return sorted.get(quantity == Quantity.BLOCKS_IN_MEMORY ? 0 : sorted.size() / 2);
    }

    boolean isFlat(Quantity quantity) {
      return late - early <= Math.max(quantity.number, quantity.share * early);
    }
  }

  /** Whether nothing has grown; so little time that there are no six samples tells nothing. */
  boolean isFlat() {
    return !seen.isEmpty()
        && seen.values().stream()
            .allMatch(
                process ->
                    process.entrySet().stream()
                        .allMatch(
                            e ->
                                e.getValue().size() >= 6
                                    && Trend.of(e.getKey(), e.getValue()).isFlat(e.getKey())));
  }

  /** A table of all. */
  String report() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%-12s %-18s %12s %12s%n", "process", "quantity", "early", "late"));
    seen.forEach(
        (process, quantities) ->
            quantities.forEach(
                (quantity, values) -> {
                  if (values.size() >= 6) {
                    Trend trend = Trend.of(quantity, values);
                    text.append(
                        String.format(
                            Locale.ROOT,
                            "%-12s %-18s %,12d %,12d%s%n",
                            process,
                            quantity.title(),
                            trend.early(),
                            trend.late(),
                            trend.isFlat(quantity) ? "" : "  GROWS"));
                  }
                }));
    text.append(isFlat() ? "flat" : "NOT FLAT, or too short to tell").append("; all of it: ");
    return text.append(csv).toString();
  }
}
