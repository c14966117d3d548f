package dev.tributary.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.format.Champion;
import dev.tributary.format.Lease;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelStore;
import dev.tributary.format.RunDirectory;
import dev.tributary.format.StoreVersion;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.PreparationAssembly;
import dev.tributary.job.Redaction;
import dev.tributary.spark.Arrivals;
import dev.tributary.spark.Arrivals.Arrival;
import dev.tributary.spark.RetrainingData;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.Sources;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * One retrain, from what is new to who is champion.
 *
 * <p>It may be killed anywhere and run again. What is new follows from the last version's record,
 * so until a version is in its place nothing has happened; and a version records the decision about
 * it, so one that was cut off before the champion was changed is finished, not made again.
 */
final class Retrain {
  private final Job job;
  private final Job.Retraining how;
  private final Configuration hadoop;
  private final long start;
  private final ModelStore store;

  Retrain(Job job, Configuration hadoop, long start) throws IOException {
    this.job = job;
    this.how = job.retraining();
    this.hadoop = hadoop;
    this.start = start;
    this.store = ModelStore.at(new Path(how.store(), job.name()).toString(), hadoop);
  }

  /**
   * What there is to do.
   *
   * @param period its name
   * @param fresh what has arrived since the last retrain
   * @param old what arrived before, the latest of it
   * @param champion the version in place; null in a first run
   */
  private record Work(
      String period, List<Arrival> fresh, List<Arrival> old, @Nullable StoreVersion champion) {}

  /** Does it, and puts what a scheduler wants to know into {@code line}. */
  void run(@Nullable String period, boolean dryRun, Map<String, Object> line) throws IOException {
    if (dryRun) {
      describe(work(period), line);
      return;
    }
    try (Lease lease = store.lease(how.leaseSeconds()).take()) {
      finishLast(lease);
      if (period != null && store.ofPeriod(period).isPresent()) {
        StoreVersion done = store.ofPeriod(period).get();
        line.put("status", "already_done");
        line.put("period", period);
        line.put("version", done.number());
        System.out.printf("%s was done before: version %d%n", period, done.number());
      } else {
        Work work = work(period);
        if (work.fresh().isEmpty()) {
          line.put("status", "no_new_data");
          System.out.printf("nothing new in %s; nothing to do%n", how.data());
        } else {
          make(work, lease, line);
        }
      }
      line.put("champion", champion());
    }
  }

  private @Nullable Integer champion() throws IOException {
    return store.champion().map(Champion::version).orElse(null);
  }

  /** A version that was to become champion, and whose making was cut off before it did. */
  private void finishLast(Lease lease) throws IOException {
    Optional<StoreVersion> last = last();
    if (last.isPresent()
        && last.get().isPromoted()
        && store.champions().stream().noneMatch(c -> c.version() == last.get().number())) {
      lease.check();
      store.promote(last.get().number(), last.get().why());
      System.out.printf("version %d is champion now: %s%n", last.get().number(), last.get().why());
    }
  }

  private Optional<StoreVersion> last() throws IOException {
    List<StoreVersion> all = store.versions();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  private Work work(@Nullable String period) throws IOException {
    List<Arrival> all = Arrivals.in(String.valueOf(how.data()), hadoop);
    Optional<JsonNode> mark = last().map(v -> v.details().path("watermark"));
    List<Arrival> fresh = all.stream().filter(a -> isNew(a, mark)).toList();
    List<Arrival> before = all.stream().filter(a -> !isNew(a, mark)).toList();
    List<Arrival> old = before.subList(Math.max(0, before.size() - how.window()), before.size());
    Integer champion = champion();
    String name = period;
    if (name == null) {
      name = fresh.isEmpty() ? "" : fresh.get(fresh.size() - 1).name();
    }
    return new Work(name, fresh, old, champion == null ? null : store.version(champion));
  }

  private boolean isNew(Arrival arrival, Optional<JsonNode> mark) {
    if (mark.isEmpty()) {
      return true;
    }
    return how.newByTime()
        ? arrival.modified() > mark.get().path("time").asLong()
        : arrival.name().compareTo(mark.get().path("name").asText()) > 0;
  }

  private static Map<String, Object> watermark(Collection<Arrival> fresh) {
    Map<String, Object> mark = new LinkedHashMap<>();
    mark.put("name", fresh.stream().map(Arrival::name).max(String::compareTo).orElse(""));
    mark.put("time", fresh.stream().mapToLong(Arrival::modified).max().orElse(0));
    return mark;
  }

  private void describe(Work work, Map<String, Object> line) throws IOException {
    StoreVersion champion = work.champion();
    System.out.printf(
        "would train for period \"%s\" on %s, with older %s; start: %s; champion: %s%n",
        work.period(),
        names(work.fresh()),
        names(work.old()),
        isWarm(work) ? "the champion" : "from scratch",
        champion == null ? "none yet" : "version " + champion.number());
    line.put("status", "dry_run");
    line.put("period", work.period());
    line.put("new", names(work.fresh()));
    line.put("champion", champion == null ? null : champion.number());
  }

  private boolean isWarm(Work work) {
    return work.champion() != null && !how.fromScratch();
  }

  private static List<String> names(List<Arrival> arrivals) {
    return arrivals.stream().map(Arrival::name).toList();
  }

  private void make(Work work, Lease lease, Map<String, Object> line) throws IOException {
    Sources sources =
        new Sources(job.data(), job.model().network(), job.model().preparation(), hadoop);
    RetrainingData data =
        new RetrainingData(open(work.fresh(), sources), open(work.old(), sources), job);
    StoreVersion champion = work.champion();
    SavedModel before = champion == null ? null : SavedModel.read(champion.directory(), hadoop);
    float[] warm = null;
    String from = "from scratch";
    if (champion != null && before != null && isWarm(work)) {
      checkSameNetwork(champion);
      checkSamePreparation(champion, before);
      warm = before.weights();
      from = "from version " + champion.number();
    }
    System.out.printf(
        "%s: period \"%s\", %,d new samples in %d arrivals, %s%n",
        job.name(), work.period(), data.fresh().count(), work.fresh().size(), from);
    RetrainRun.Result result = new RetrainRun(job, start).run(data, before, warm);
    RetrainDecision decision = RetrainDecision.of(how.rule(), result.comparison());
    int number = store.next();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("period", work.period());
    details.put("promoted", decision.promotes());
    details.put("why", decision.why());
    details.put("champion_before", champion == null ? null : champion.number());
    details.put("start", warm == null ? "scratch" : "champion");
    details.put("new", names(work.fresh()));
    details.put("old", names(work.old()));
    details.put("replayed_share", data.replayed());
    details.put("watermark", watermark(work.fresh()));
    details.putAll(result.details());
    float[] values = result.values();
    details.put("weights_sha256", WeightsFile.sha256(values));
    ModelDirectory model =
        new ModelDirectory(
            job.model().networkText(),
            job.model().lossText(),
            PreparationAssembly.text(result.preparation()),
            values,
            details);
    String report =
        new RetrainReport(job.name(), number, details, decision, result, imageWidth()).html();
    lease.check();
    StoreVersion version =
        store.add(
            number,
            model,
            Map.of(RunDirectory.JOB, Redaction.ofAddresses(job.text()), "report.html", report),
            details);
    if (decision.promotes()) {
      lease.check();
      store.promote(number, decision.why());
    }
    System.out.printf(
        "version %d %s: %s%nreport: %s%n",
        number,
        decision.promotes() ? "is champion" : "is kept, and the champion stays",
        decision.why(),
        new Path(version.directory(), "report.html"));
    line.put("status", decision.promotes() ? "promoted" : "kept");
    line.put("period", work.period());
    line.put("version", number);
    line.put("why", decision.why());
    line.put("metrics", result.details().get("metrics"));
    line.put("drift", result.details().get("drift"));
  }

  private int imageWidth() {
    Shape input = job.model().network().input();
    return input.isImage() ? input.width() : 0;
  }

  private void checkSameNetwork(StoreVersion champion) throws IOException {
    ModelDirectory model = store.model(champion);
    ObjectMapper json = new ObjectMapper();
    if (!json.readTree(model.network()).equals(json.readTree(job.model().networkText()))) {
      throw new JobException(
          "the job's network is not that of the champion, version "
              + champion.number()
              + ", so its weights do not fit; set retrain.start = scratch for this once, or give the"
              + " job the champion's network");
    }
  }

  private void checkSamePreparation(StoreVersion champion, SavedModel before) {
    if (!before.objective().preparation().isOfTheKindOf(job.model().preparation())) {
      throw new JobException(
          "the job's data.prepare is not that of the champion, version "
              + champion.number()
              + ", so its weights do not fit; set retrain.start = scratch for this once, or give the"
              + " job the champion's data.prepare");
    }
  }

  private static List<SampleSource> open(List<Arrival> arrivals, Sources sources) {
    return arrivals.stream().map(a -> sources.idx(a.prefix())).toList();
  }
}
