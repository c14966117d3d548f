package dev.tributary.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The models that retraining leaves under one name, on any Hadoop filesystem.
 *
 * <pre>
 *   versions/000001/    a run directory in form, with version.json; it never changes
 *   champion/000001.json  which version was made champion, first, and why; the last entry holds
 *   lease               who may write now ({@link Lease})
 * </pre>
 *
 * <p>Whatever a crash interrupts, a reader sees what was before or what comes after, nothing
 * between: a version is written aside and renamed into place, with {@code version.json} as its last
 * file, and the champion is changed by one more small file, written aside and renamed. No file is
 * ever replaced, so no filesystem needs to be able to do that at one stroke.
 */
public final class ModelStore {
  /** What a version says of itself. */
  public static final String DETAILS = "version.json";

  private static final String VERSIONS = "versions";
  private static final String CHAMPION = "champion";
  private static final Pattern NUMBER = Pattern.compile("\\d{6,9}");
  private static final Pattern ENTRY = Pattern.compile("\\d{6,9}\\.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path directory;

  ModelStore(FileSystem files, Path directory) {
    this.files = files;
    this.directory = directory;
  }

  /** The store at a place, where there may be nothing yet. */
  public static ModelStore at(String directory, Configuration hadoop) throws IOException {
    Path path = new Path(directory);
    return new ModelStore(path.getFileSystem(hadoop), path);
  }

  /** The store's directory. */
  public String name() {
    return directory.toString();
  }

  /** The lease that lets one process write at a time. */
  public Lease lease(long seconds) {
    return new Lease(files, new Path(directory, "lease"), seconds);
  }

  /** All versions, oldest first. */
  public List<StoreVersion> versions() throws IOException {
    List<StoreVersion> versions = new ArrayList<>();
    for (FileStatus status : list(new Path(directory, VERSIONS))) {
      Path details = new Path(status.getPath(), DETAILS);
      if (NUMBER.matcher(status.getPath().getName()).matches() && files.exists(details)) {
        int number = Integer.parseInt(status.getPath().getName());
        versions.add(new StoreVersion(number, status.getPath().toString(), json(details)));
      }
    }
    versions.sort(Comparator.comparingInt(StoreVersion::number));
    return versions;
  }

  /**
   * One version.
   *
   * @throws StoreException if there is none of this number
   */
  public StoreVersion version(int number) throws IOException {
    List<StoreVersion> all = versions();
    return all.stream()
        .filter(v -> v.number() == number)
        .findFirst()
        .orElseThrow(
            () ->
                new StoreException(
                    String.format(
                        "%s has no version %d; it has %s",
                        directory,
                        number,
                        all.isEmpty() ? "none" : all.stream().map(v -> "" + v.number()).toList())));
  }

  /** The version of a period, if it was trained. */
  public Optional<StoreVersion> ofPeriod(String period) throws IOException {
    return versions().stream().filter(v -> v.period().equals(period)).findFirst();
  }

  /** The record of champions, first to last. */
  public List<Champion> champions() throws IOException {
    List<Champion> champions = new ArrayList<>();
    for (FileStatus status : list(new Path(directory, CHAMPION))) {
      String name = status.getPath().getName();
      if (ENTRY.matcher(name).matches()) {
        JsonNode entry = json(status.getPath());
        champions.add(
            new Champion(
                Integer.parseInt(name.substring(0, name.indexOf('.'))),
                entry.path("version").asInt(),
                entry.path("why").asText(),
                entry.path("since").asText()));
      }
    }
    champions.sort(Comparator.comparingInt(Champion::entry));
    return champions;
  }

  /** The champion, if there is one yet. */
  public Optional<Champion> champion() throws IOException {
    List<Champion> all = champions();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** The number that the next version gets. */
  public int next() throws IOException {
    // The record of champions remembers versions that are pruned.
    int last = champions().stream().mapToInt(Champion::version).max().orElse(0);
    for (StoreVersion version : versions()) {
      last = Math.max(last, version.number());
    }
    return last + 1;
  }

  /**
   * Adds a version: all of it, or, if this fails or the process ends, nothing.
   *
   * @param number what {@link #next} gave
   * @param model the model
   * @param texts further files by name: {@code job.conf}, {@code report.html}
   * @param details what {@code version.json} says, beside the number and the time
   */
  public StoreVersion add(
      int number, ModelDirectory model, Map<String, String> texts, Map<String, ?> details)
      throws IOException {
    Path versions = new Path(directory, VERSIONS);
    files.mkdirs(versions);
    clearRemains(versions);
    Path aside = new Path(versions, String.format(".%06d.new", number));
    Path place = new Path(versions, String.format("%06d", number));
    files.mkdirs(aside);
    model.write(files, new Path(aside, ModelDirectory.NAME));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      write(new Path(aside, text.getKey()), text.getValue());
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("version", number);
    all.put("created", Instant.now().toString());
    all.putAll(details);
    write(new Path(aside, DETAILS), RunDirectory.json(all));
    if (files.exists(place) || !files.rename(aside, place)) {
      throw new IOException("cannot rename " + aside + " to " + place);
    }
    return version(number);
  }

  /** Removes what an interrupted {@link #add} or {@link #prune} left. */
  private void clearRemains(Path versions) throws IOException {
    for (FileStatus status : list(versions)) {
      boolean isPart = !files.exists(new Path(status.getPath(), DETAILS));
      if (isPart || status.getPath().getName().startsWith(".")) {
        files.delete(status.getPath(), true);
      }
    }
  }

  /**
   * Makes a version the champion. Saying again what holds already does nothing.
   *
   * @throws StoreException if there is no such version
   * @throws ModelException if its model cannot be read
   */
  public Champion promote(int number, String why) throws IOException {
    Optional<Champion> now = champion();
    if (now.isPresent() && now.get().version() == number) {
      return now.get();
    }
    StoreVersion version = version(number);
    ModelDirectory.read(files, version.directory());
    int entry = now.map(Champion::entry).orElse(0) + 1;
    String since = Instant.now().toString();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("version", number);
    said.put("since", since);
    said.put("why", why);
    Path champions = new Path(directory, CHAMPION);
    files.mkdirs(champions);
    write(new Path(champions, String.format("%06d.json", entry)), RunDirectory.json(said));
    return new Champion(entry, number, why, since);
  }

  /**
   * Makes the champion before this one champion again; further back when done again.
   *
   * @throws StoreException if there was none before, or it was pruned
   */
  public Champion rollback(String why) throws IOException {
    List<Integer> stack = stack();
    if (stack.size() < 2) {
      throw new StoreException(
          directory
              + " has no champion before this one; nothing was changed (models promote NUMBER"
              + " names one)");
    }
    return promote(stack.get(stack.size() - 2), why);
  }

  /**
   * The champions that a rollback goes back through, first to last, without those that are pruned.
   * As a stack: what was rolled back from does not come again.
   */
  private List<Integer> stack() throws IOException {
    Set<Integer> there = new TreeSet<>();
    versions().forEach(v -> there.add(v.number()));
    List<Integer> stack = new ArrayList<>();
    for (Champion champion : champions()) {
      int before = stack.lastIndexOf(champion.version());
      if (before >= 0) {
        stack.subList(before + 1, stack.size()).clear();
      } else {
        stack.add(champion.version());
      }
    }
    stack.retainAll(there);
    return stack;
  }

  /**
   * Removes old versions. The champion, and the one that a rollback would bring, stay.
   *
   * @param keep how many of the newest stay
   * @return the numbers of those removed
   */
  public List<Integer> prune(int keep) throws IOException {
    List<StoreVersion> all = versions();
    Set<Integer> kept = new TreeSet<>();
    all.subList(Math.max(0, all.size() - keep), all.size()).forEach(v -> kept.add(v.number()));
    List<Integer> stack = stack();
    kept.addAll(stack.subList(Math.max(0, stack.size() - 2), stack.size()));
    List<Integer> removed = new ArrayList<>();
    for (StoreVersion version : all) {
      if (!kept.contains(version.number())) {
        // First what makes it a version, so that no half of one is ever seen.
        Path path = new Path(version.directory());
        files.delete(new Path(path, DETAILS), false);
        files.delete(path, true);
        removed.add(version.number());
      }
    }
    return removed;
  }

  /** A version's model. */
  public ModelDirectory model(StoreVersion version) {
    return ModelDirectory.read(files, version.directory());
  }

  private List<FileStatus> list(Path folder) throws IOException {
    return files.exists(folder) ? List.of(files.listStatus(folder)) : List.of();
  }

  private void write(Path path, String text) throws IOException {
    RunDirectory.replace(files, path, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private JsonNode json(Path path) throws IOException {
    try (InputStream in = files.open(path)) {
      return JSON.readTree(in);
    } catch (JsonProcessingException e) {
      throw new ModelException(path + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
