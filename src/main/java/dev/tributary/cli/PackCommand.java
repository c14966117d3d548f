package dev.tributary.cli;

import dev.tributary.data.BadRows;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.format.PackedDirectory;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.Sources;
import dev.tributary.spark.pack.Packing;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pack JOB}: reads a job's data once and writes its shards. */
@Command(
    name = "pack",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Reads the data of a job once, and writes it as shards that training reads directly.",
    footer = {
      "",
      "Examples:",
      "  deploy/submit pack jobs/digits.conf --output packed/digits",
      "  deploy/submit train jobs/digits.conf -D data.format=packed -D data.train=packed/digits"
    })
final class PackCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "JOB", description = "The job file.")
  private String jobFile = "";

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description =
          "Where to write: a directory on any Hadoop filesystem that is not there yet. It gets"
              + " train/, and validation/ and test/ where the job has them.")
  private String output = "";

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as data.train=hdfs:///rows. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Spark.hadoop();
    Job job = JobFile.read(jobFile, overrides, hadoop);
    Path root = new Path(output);
    FileSystem files = root.getFileSystem(hadoop);
    if (files.exists(root)) {
      throw new JobException(
          output + " is there already; give --output another place, or delete it");
    }
    Sources sources =
        new Sources(job.data(), job.model().network(), job.model().preparation(), hadoop);
    try (Spark spark = Spark.start("tributary pack " + job.name())) {
      for (String part : Sources.PARTS) {
        SampleSource source = sources.part(part);
        if (source != null) {
          pack(part, source, job, sources, files, spark, hadoop);
        }
      }
    }
    System.out.printf("train on it by  -D data.format=packed -D data.train=%s%n", output);
    return 0;
  }

  private void pack(
      String part,
      SampleSource source,
      Job job,
      Sources sources,
      FileSystem files,
      Spark spark,
      Configuration hadoop)
      throws IOException {
    String directory = output + "/" + part;
    files.mkdirs(new Path(directory));
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("job", job.name());
    provenance.put("source", source.describe());
    provenance.put("shares", Sources.shares(job.data()));
    long start = System.nanoTime();
    PackedDirectory packed;
    PackProgress progress = new PackProgress();
    progress.begun(source.describe());
    try {
      packed =
          Packing.write(
              spark.context(),
              source,
              new Division(job.training().shards(), job.training().seed()),
              directory,
              sources.vocabulary().columns(),
              provenance,
              hadoop,
              progress);
    } finally {
      progress.ended();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    BadRows bad = badRows(sources);
    System.out.printf(
        Locale.ROOT,
        "%s: %,d rows, %,d bytes in %d shards, %.1f s, %.2f s per million rows%s%n",
        part,
        packed.count(),
        packed.bytes(),
        packed.shards().size(),
        seconds,
        seconds * 1e6 / packed.count(),
        bad.count() == 0
            ? ""
            : String.format(
                Locale.ROOT, "; %,d bad rows passed over %s", bad.count(), bad.byKind()));
  }

  private static BadRows badRows(Sources sources) {
    BadRows all = new BadRows();
    sources.badRows().values().forEach(all::add);
    return all;
  }
}
