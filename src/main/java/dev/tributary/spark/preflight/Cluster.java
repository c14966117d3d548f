package dev.tributary.spark.preflight;

import dev.tributary.engine.EngineProvider;
import java.io.File;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a run has to live on.
 *
 * @param isLocal whether driver and tasks share one JVM
 * @param driverHeap the most bytes that the driver's heap may have
 * @param machines the executors
 * @param maxResultSize {@code spark.driver.maxResultSize} in bytes; 0 for no bound
 * @param kryoBuffer the most bytes that the serializer of results takes; 0 for no bound
 * @param inMemoryFetch the most bytes of a block that is fetched into memory
 */
public record Cluster(
    boolean isLocal,
    long driverHeap,
    List<Machine> machines,
    long maxResultSize,
    long kryoBuffer,
    long inMemoryFetch) {

  /** Copies the list. */
  public Cluster {
    machines = List.copyOf(machines);
  }

  /** Asks Spark's settings, and each executor by a task. */
  static Cluster of(JavaSparkContext spark, EngineProvider engine) {
    SparkConf conf = spark.getConf();
    boolean isKryo = conf.get("spark.serializer", "").endsWith("KryoSerializer");
    return new Cluster(
        spark.isLocal(),
        Runtime.getRuntime().maxMemory(),
        machines(spark, engine),
        conf.getSizeAsBytes("spark.driver.maxResultSize", "1g"),
        isKryo ? conf.getSizeAsBytes("spark.kryoserializer.buffer.max", "64m") : 0,
        conf.getSizeAsBytes("spark.network.maxRemoteBlockSizeFetchToMem", "200m"));
  }

  private static List<Machine> machines(JavaSparkContext spark, EngineProvider engine) {
    // Idle executors are offered tasks in turn, so as many as there are cores reach each one.
    int tasks = Math.max(1, spark.defaultParallelism());
    List<Machine> answers =
        spark
            .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
            .mapPartitions(new Probe(engine))
            .collect();
    Map<String, Integer> cores = cores(spark);
    Map<String, Machine> byId = new LinkedHashMap<>();
    for (Machine m : answers) {
      int here = cores.getOrDefault(m.id(), m.cores());
      byId.put(m.id(), new Machine(m.id(), m.host(), here, m.heap(), m.freeDisk(), m.engine()));
    }
    return new ArrayList<>(byId.values());
  }

  private static Map<String, Integer> cores(JavaSparkContext spark) {
    Map<String, Integer> cores = new LinkedHashMap<>();
    CollectionConverters.asJava(spark.sc().statusStore().executorList(true))
        .forEach(
            e -> {
              if (e.maxTasks() > 0) {
                cores.put(e.id(), e.maxTasks());
              }
            });
    return cores;
  }

  /** Tasks that run at once in all. */
  public int cores() {
    return machines.stream().mapToInt(Machine::cores).sum();
  }

  /** Tells what the executor that it runs on has. */
  private static final class Probe implements FlatMapFunction<Iterator<Integer>, Machine> {
    private static final long serialVersionUID = 1L;

    private final EngineProvider engine;

    Probe(EngineProvider engine) {
      this.engine = engine;
    }

    @Override
    public Iterator<Machine> call(Iterator<Integer> partition) {
      SparkEnv env = SparkEnv.get();
      long free =
          Stream.of(env.blockManager().diskBlockManager().localDirs())
              .mapToLong(File::getUsableSpace)
              .max()
              .orElse(0);
      Machine here =
          new Machine(
              env.executorId(),
              env.blockManager().blockManagerId().host(),
              1,
              Runtime.getRuntime().maxMemory(),
              free,
              description());
      return List.of(here).iterator();
    }

    /** Native code that does not load is an error of its own kind, and an answer here. */
    private String description() {
      try {
        return engine.description();
      } catch (RuntimeException | LinkageError e) {
        return "none: " + e.getMessage();
      }
    }
  }
}
