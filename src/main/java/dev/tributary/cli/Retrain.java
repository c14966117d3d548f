package dev.tributary.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.data.Vocabulary;
import dev.tributary.format.Champion;
import dev.tributary.format.Lease;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelStore;
import dev.tributary.format.RunDirectory;
import dev.tributary.format.StoreException;
import dev.tributary.format.StoreVersion;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.PreparationAssembly;
import dev.tributary.job.Redaction;
import dev.tributary.spark.ArrivedFiles;
import dev.tributary.spark.ArrivedRows;
import dev.tributary.spark.NewData;
import dev.tributary.spark.RetrainingData;
import dev.tributary.spark.Sources;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One retrain, from what is new to who is champion.
 *
 * <p>It may be killed anywhere and run again. What is new follows from the last version's record,
 * so until a version is in its place nothing has happened; and a version records the decision about
 * it, so one that was cut off before the champion was changed is finished, not made again.
 */
final class Retrain implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retrain.class);

  private final Job job;
  private final Job.Retraining how;
  private final Configuration hadoop;
  private final long start;
  private final ModelStore store;
  private final LazySpark spark;

  Retrain(Job job, Configuration hadoop, long start) throws IOException {
    this.job = job;
    this.how = job.retraining();
    this.hadoop = hadoop;
    this.start = start;
    this.store = ModelStore.at(new Path(how.store(), job.name()).toString(), hadoop);
    this.spark = new LazySpark("tributary retrain " + job.name());
  }

  /** Does it, and puts what a scheduler wants to know into {@code line}. */
  void run(@Nullable String period, boolean dryRun, Map<String, Object> line) throws IOException {
    if (!how.mayBegin() && store.versions().isEmpty()) {
      throw new StoreException(
          store.name()
              + " holds no model, and retrain.new_store = refuse takes that for a mistake: see"
              + " whether its filesystem is mounted and retrain.store is right; for a first model"
              + " set retrain.new_store = allow");
    }
    if (dryRun) {
      NewData data = newData();
      describe(period == null ? data.period() : period, data, line);
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
        NewData data = newData();
        tellLate(data, line);
        if (data.isEmpty()) {
          nothing(line, "nothing new in " + place());
        } else {
          make(period == null ? data.period() : period, data, lease, line);
        }
      }
      line.put("champion", champion());
    }
  }

  @Override
  public void close() {
    spark.close();
  }

  private String place() {
    return Redaction.ofAddresses(String.valueOf(how.arriving().data()));
  }

  private static void nothing(Map<String, Object> line, String why) {
    line.put("status", "no_new_data");
    line.put("why", why);
    System.out.printf("%s; nothing to do%n", why);
  }

  private static void tellLate(NewData data, Map<String, Object> line) {
    if (!data.late().isEmpty()) {
      line.put("late", data.late());
      LOG.warn(
          "{} changed after the last retrain, but their names come before the last one it used: they"
              + " count as old data; retrain.new_by = time takes them for new",
          data.late());
    }
  }

  private @Nullable Integer champion() throws IOException {
    return store.champion().map(Champion::version).orElse(null);
  }

  /** A version that was to become champion, and whose making was cut off before it did. */
  private void finishLast(Lease lease) throws IOException {
    List<StoreVersion> all = store.versions();
    if (all.isEmpty()) {
      return;
    }
    StoreVersion last = all.get(all.size() - 1);
    if (last.isPromoted()
        && store.champions().stream().noneMatch(c -> c.version() == last.number())) {
      lease.check();
      store.promote(last.number(), last.why());
      System.out.printf("version %d is champion now: %s%n", last.number(), last.why());
    }
  }

  private NewData newData() throws IOException {
    List<JsonNode> marks =
        store.versions().stream().map(v -> v.details().path("watermark")).toList();
    if (how.arriving().by() == Job.NewBy.COLUMN) {
      spark.get();
      String column = how.arriving().column();
      return ArrivedRows.find(
          job, marks.stream().filter(m -> m.path("column").asText().equals(column)).toList());
    }
    JsonNode mark = marks.isEmpty() ? null : marks.get(marks.size() - 1);
    return ArrivedFiles.find(job, mark, System.currentTimeMillis(), hadoop);
  }

  private void describe(String period, NewData data, Map<String, Object> line) throws IOException {
    Integer champion = champion();
    System.out.printf(
        "would train for period \"%s\" on %s, with older %s; start: %s; champion: %s%n",
        period,
        data.fresh(),
        data.old(),
        champion != null && !how.fromScratch() ? "the champion" : "from scratch",
        champion == null ? "none yet" : "version " + champion);
    line.put("status", "dry_run");
    line.put("period", period);
    line.put("new", data.fresh());
    line.put("late", data.late());
    line.put("champion", champion);
  }

  private void make(String period, NewData found, Lease lease, Map<String, Object> line)
      throws IOException {
    RetrainStart begin = RetrainStart.of(job, store, hadoop);
    Spark started = spark.get();
    Vocabulary vocabulary = begin.vocabulary(found);
    Sources sources =
        new Sources(
            job.data(), job.model().network(), job.model().preparation(), hadoop, vocabulary);
    RetrainingData data =
        new RetrainingData(
                Objects.requireNonNull(found.freshPart()).open(sources),
                found.oldPart() == null ? null : found.oldPart().open(sources),
                job)
            .count(started.context());
    if (data.freshCount() < how.arriving().least()) {
      nothing(
          line,
          String.format(
              Locale.ROOT,
              "%,d new samples, fewer than retrain.least = %,d",
              data.freshCount(),
              how.arriving().least()));
      return;
    }
    System.out.printf(
        "%s: period \"%s\", %,d new samples in %d arrivals, %s%n",
        job.name(),
        period,
        data.freshCount(),
        found.fresh().size(),
        begin.isWarm() ? "from version " + begin.champion() : "from scratch");
    RetrainRun.Result result =
        new RetrainRun(started.context(), job, start).run(data, begin.model(), begin.isWarm());
    RetrainDecision decision = RetrainDecision.of(how.rule(), result.comparison());
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("period", period);
    details.put("promoted", decision.promotes());
    details.put("why", decision.why());
    details.put("champion_before", begin.champion());
    details.put("start", begin.isWarm() ? "champion" : "scratch");
    details.put("new", found.fresh());
    details.put("new_samples", data.freshCount());
    details.put("old", found.old());
    details.put("replayed_share", data.replayed());
    details.put("watermark", found.watermark());
    details.putAll(result.details());
    details.put("weights_sha256", WeightsFile.sha256(result.values()));
    save(details, decision, result, vocabulary, lease, line);
  }

  private void save(
      Map<String, Object> details,
      RetrainDecision decision,
      RetrainRun.Result result,
      Vocabulary vocabulary,
      Lease lease,
      Map<String, Object> line)
      throws IOException {
    ModelDirectory model =
        new ModelDirectory(
            job.model().networkText(),
            job.model().lossText(),
            PreparationAssembly.text(result.preparation()),
            result.values(),
            details,
            vocabulary.columns());
    int number = store.next();
    String report = new RetrainReport(job, number, details, decision, result).html();
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
    line.put("period", details.get("period"));
    line.put("version", number);
    line.put("why", decision.why());
    line.put("metrics", result.details().get("metrics"));
    line.put("drift", result.details().get("drift"));
  }
}
