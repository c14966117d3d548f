package dev.tributary.cli;

import dev.tributary.data.BadRows;
import dev.tributary.job.EngineChoice;
import dev.tributary.job.Job;
import dev.tributary.job.Redaction;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Observer;
import dev.tributary.train.StoppedException;
import dev.tributary.train.Training;
import dev.tributary.train.metrics.Evaluation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code summary.json} says, for schedulers and tests. */
final class Summary implements Observer {
  private final Job job;
  private final long startNanos;
  private @Nullable String sparkVersion;
  private @Nullable Long resumedFrom;
  private @Nullable String exchange;
  private @Nullable String storage;

  Summary(Job job, long startNanos) {
    this.job = job;
    this.startNanos = startNanos;
  }

  void sparkStarted(String version) {
    sparkVersion = version;
  }

  @Override
  public void started(Start start) {
    exchange = start.exchange();
    storage = start.storage();
  }

  @Override
  public void resumed(long steps) {
    resumedFrom = steps;
  }

  Map<String, Object> completed(TrainingRun.Result run, String sha256) {
    Training.Result result = run.training();
    Map<String, Object> summary = start("completed");
    summary.put("epochs", result.last().last().step().epoch() + 1);
    summary.put("steps", result.steps());
    summary.put("stopped_because", result.stopped());
    summary.put("rollbacks", result.rollbacks());
    summary.put("samples", result.samples());
    summary.put("samples_per_second", Math.round(result.samples() / result.seconds()));
    summary.put("train_loss", result.last().trainLoss());
    summary.put("kept_step", result.kept().last().step().number() + 1);
    Evaluation kept = result.kept().evaluation();
    if (kept != null && kept != run.test()) {
      summary.put("validation", kept.metrics());
    }
    summary.put("test", run.test() == null ? Map.of() : run.test().metrics());
    summary.put("weights_sha256", sha256);
    if (!run.warnings().isEmpty()) {
      summary.put("warnings", run.warnings());
    }
    end(summary);
    return summary;
  }

  /** Notes the rows that were passed over, if there are any. */
  static void addBadRows(Map<String, Object> summary, Map<String, BadRows> badRows) {
    Map<String, Object> byPlace = new LinkedHashMap<>();
    badRows.forEach(
        (place, bad) -> {
          if (bad.count() > 0) {
            Map<String, Object> found = ordered("rows", bad.read(), "bad", bad.count());
            found.put("kinds", bad.byKind());
            found.put("first", bad.places());
            byPlace.put(place, found);
          }
        });
    if (!byPlace.isEmpty()) {
      summary.put("bad_rows", byPlace);
    }
  }

  Map<String, Object> failed(Exception failure) {
    Map<String, Object> summary = start(failure instanceof StoppedException ? "stopped" : "failed");
    if (failure instanceof StoppedException stop) {
      summary.put("steps", stop.steps());
    }
    summary.put("error", Redaction.of(String.valueOf(failure.getMessage())));
    summary.put("exit_code", Failure.exitCode(failure));
    end(summary);
    return summary;
  }

  private Map<String, Object> start(String status) {
    return ordered("job", job.name(), "status", status);
  }

  private void end(Map<String, Object> summary) {
    summary.put("parameters", job.model().network().parameterCount());
    EngineChoice engine = job.model().engine();
    summary.put("engine", engine.provider().name());
    summary.put("engine_description", engine.provider().description());
    summary.put("engine_reason", engine.reason());
    summary.put("precision", job.model().precision().toString());
    summary.put("exchange", exchange);
    summary.put("storage", storage);
    summary.put("shards", job.training().shards());
    summary.put("seed", job.training().seed());
    summary.put("spark_version", sparkVersion);
    summary.put("wall_seconds", Math.round((System.nanoTime() - startNanos) / 1e8) / 10.0);
    summary.put("resumed_from", resumedFrom);
  }

  private static Map<String, Object> ordered(
      String key1, Object value1, String key2, Object value2) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key1, value1);
    map.put(key2, value2);
    return map;
  }
}
