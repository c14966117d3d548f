package dev.tributary.spark.preflight;

import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.packed.Storage;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.Job;
import dev.tributary.nn.BatchNorm;
import dev.tributary.nn.Network;
import dev.tributary.nn.inspect.Needs;
import dev.tributary.spark.ExchangeKind;
import dev.tributary.spark.Failures;
import dev.tributary.spark.Partitions;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.TrainingRun;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a job, its data and its cluster that can be looked at before training begins.
 */
public final class Preflight {
  private final JavaSparkContext spark;
  private final Job job;
  private final Configuration hadoop;

  /**
   * What was looked at, and what is wrong.
   *
   * @param cluster what there is
   * @param needs what the run takes
   * @param problems the worst first
   */
  public record Findings(Cluster cluster, Needs needs, List<Problem> problems) {
    /** Copies the list. */
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /** Of a job, on this cluster. */
  public Preflight(JavaSparkContext spark, Job job, Configuration hadoop) {
    this.spark = spark;
    this.job = job;
    this.hadoop = hadoop;
  }

  /**
   * Looks: a task on each executor and one that reads some samples are all that runs.
   *
   * @param directory where the run would write
   */
  public Findings run(TrainingRun.Data data, String directory) {
    Cluster cluster = Cluster.of(spark, job.model().engine().provider());
    int tasks = tasks(cluster);
    Job.Training how = job.training();
    ExchangeKind exchange =
        ExchangeKind.of(how.exchange(), cluster.isLocal(), how.plan().optimizer().isByPart());
    Needs needs = job.needs(tasks, exchange == ExchangeKind.SLICES);
    List<Problem> problems = new ArrayList<>();
    problems.addAll(EngineCheck.of(cluster, job.model().engine().provider().description()));
    long bytes = data(data, problems);
    // What is mapped, or would be, needs no heap.
    boolean inMemory = job.data().storage() == Storage.MEMORY;
    problems.addAll(MemoryCheck.of(needs, cluster, inMemory ? bytes : 0));
    problems.addAll(OutputCheck.blocks(cluster, bytes));
    if (exchange == ExchangeKind.TREE) {
      problems.addAll(LimitCheck.of(needs, cluster, Math.min(tasks, how.fanIn())));
    }
    // The model; and as much again for each checkpoint that is kept while one is written.
    problems.addAll(OutputCheck.of(directory, 4 * needs.driverBytes(), hadoop));
    parts(problems);
    problems.sort((a, b) -> Boolean.compare(b.isFatal(), a.isFatal()));
    return new Findings(cluster, needs, problems);
  }

  private int tasks(Cluster cluster) {
    int wished = job.training().partitions();
    return wished > 0
        ? wished
        : Partitions.best(job.training().shards(), Math.max(1, cluster.cores()));
  }

  /** Looks at the sources, which must be there; the bytes of the training samples. */
  private long data(TrainingRun.Data data, List<Problem> problems) {
    long bytes = 0;
    try {
      SampleSource train = data.train();
      bytes = Math.max(0, train.count()) * train.schema().bytes();
      sample(train, problems);
      sample(data.validation(), problems);
      sample(data.test(), problems);
    } catch (DataException e) {
      problems.add(
          new Problem(
              Problem.Kind.BAD_DATA,
              "data",
              String.valueOf(e.getMessage()),
              "data that can be read",
              "see data.* in the job"));
    }
    return bytes;
  }

  private void sample(@Nullable SampleSource source, List<Problem> all) {
    if (source == null) {
      return;
    }
    LookAt look = new LookAt(job.model().network(), job.model().preparation(), source.describe());
    Failures.ofData(() -> source.read(spark, spark.defaultParallelism()).map(look).take(1))
        .forEach(all::addAll);
  }

  /** Looks at a block of samples where it is; only the problems travel. */
  private record LookAt(Network network, Preparation preparation, String data)
      implements Function<Samples, ArrayList<Problem>> {
    @Override
    public ArrayList<Problem> call(Samples samples) {
      return new ArrayList<>(SampleCheck.of(samples, network, preparation, data));
    }
  }

  /** Batch statistics of one sample are no statistics. */
  private void parts(List<Problem> problems) {
    int batch = job.training().plan().batch();
    int shards = job.training().shards();
    boolean normalises =
        job.model().network().layers().stream().anyMatch(BatchNorm.class::isInstance);
    if (normalises && batch < 2 * shards) {
      problems.add(
          new Problem(
              Problem.Kind.WARNING,
              "batch_norm",
              String.format("%d shards share a batch of %d", shards, batch),
              "at least 2 samples in a shard's part, better 8",
              "-D train.batch=" + 8 * shards + ", or a smaller train.shards"));
    }
  }
}
