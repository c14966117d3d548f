package dev.tributary.cli;

import dev.tributary.data.DataException;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.nn.inspect.HtmlReport;
import dev.tributary.nn.inspect.Inspection;
import dev.tributary.nn.inspect.MarkdownReport;
import dev.tributary.nn.inspect.Needs;
import dev.tributary.nn.inspect.TextReport;
import dev.tributary.spark.Partitions;
import dev.tributary.train.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inspect JOB}: what a job would train, or a run has trained; without data or Spark. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows the network of a job file or a run directory: shapes, weights, arithmetic, memory.",
      "Nothing is run."
    },
    footer = {
      "",
      "Examples:",
      "  deploy/submit inspect jobs/mnist-lenet.conf",
      "  deploy/submit inspect --explain jobs/mnist-lenet.conf",
      "  deploy/submit inspect --explain jobs/mnist-residual.conf --output residual.html"
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "JOB",
      description = "A job file, or a run directory, or a model's.")
  private String path = "";

  @Option(
      names = "--explain",
      description =
          "Also each layer's formulas, forward and backward, with the dimensions that must agree.")
  private boolean explain;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Writes a page with a picture of the network instead: FILE.html, or FILE.md for Markdown.")
  private @Nullable String output;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as network.input=[32,32,3]. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Spark.hadoop();
    Inspection inspection = inspection(hadoop);
    if (output == null) {
      System.out.print(TextReport.of(inspection));
    } else {
      write(inspection, output, hadoop);
    }
    return 0;
  }

  private Inspection inspection(Configuration hadoop) throws IOException {
    Path place = new Path(path);
    FileSystem files = place.getFileSystem(hadoop);
    boolean isDirectory = files.exists(place) && files.getFileStatus(place).isDirectory();
    if (!isDirectory) {
      Job job = JobFile.read(path, overrides, hadoop);
      return of(job, job.model().preparation());
    }
    if (files.exists(new Path(place, RunDirectory.JOB))) {
      return of(
          JobFile.read(new Path(place, RunDirectory.JOB).toString(), overrides, hadoop),
          fitted(files, place, hadoop));
    }
    SavedModel model = SavedModel.read(path, hadoop);
    return Inspection.of(
        path,
        model.objective().network(),
        null,
        preparation(model.objective().preparation()),
        explain);
  }

  /** What a run has found in its training samples, if it got so far. */
  private static @Nullable Preparation fitted(FileSystem files, Path run, Configuration hadoop)
      throws IOException {
    return files.exists(new Path(run, ModelDirectory.NAME))
        ? SavedModel.read(run.toString(), hadoop).objective().preparation()
        : null;
  }

  private static List<String> preparation(Preparation preparation) {
    return preparation.isNone()
        ? List.of()
        : List.of("features are prepared: " + String.join("; then ", preparation.describe()));
  }

  private Inspection of(Job job, @Nullable Preparation fitted) {
    Job.Training how = job.training();
    Trainer.Plan plan = how.plan();
    int cores = Runtime.getRuntime().availableProcessors();
    int tasks = how.partitions() > 0 ? how.partitions() : Partitions.best(how.shards(), cores);
    Needs needs = job.needs(tasks, false);
    List<String> facts =
        new ArrayList<>(preparation(fitted == null ? job.model().preparation() : fitted));
    if (!how.augmentation().isNone()) {
      facts.add(
          "training samples are augmented: "
              + String.join("; then ", how.augmentation().describe()));
    }
    facts.addAll(
        List.of(
            String.format(
                "engine %s (%s), precision %s",
                job.model().engine().provider().description(),
                job.model().engine().reason(),
                job.model().precision()),
            String.format(
                "loss %s; %d epochs of batches of %,d; %d shards, %d tasks a step here",
                job.model().loss().name(), plan.epochs(), plan.batch(), how.shards(), tasks)));
    facts.addAll(StepEstimate.of(job));
    return Inspection.of(job.name(), job.model().network(), needs, facts, explain);
  }

  private static void write(Inspection inspection, String file, Configuration hadoop)
      throws IOException {
    String text;
    if (file.endsWith(".html")) {
      text = HtmlReport.of(inspection);
    } else if (file.endsWith(".md")) {
      text = MarkdownReport.of(inspection);
    } else {
      throw new JobException("--output " + file + ": expected a name that ends in .html or .md");
    }
    Path place = new Path(file);
    try (FSDataOutputStream out = place.getFileSystem(hadoop).create(place, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new DataException("cannot write " + file + ": " + e.getMessage(), e);
    }
    System.out.println(file);
  }
}
