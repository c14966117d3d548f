package dev.tributary.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import dev.tributary.data.Shard;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.format.CheckpointWriter;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.Softmax;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.optim.Tensor;
import dev.tributary.train.Trainer;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a job file and checks all of it that can be checked without its data. */
public final class JobParser {
  private JobParser() {}

  /**
   * The job that a file and some keys say.
   *
   * @param text the file's content, HOCON
   * @param origin the file's name, for messages
   * @param name the run's name if the file gives none
   * @param overrides keys from the command line, which win
   * @throws JobException if it cannot be run; the message names file, line and key
   */
  public static Job parse(String text, String origin, String name, Map<String, String> overrides) {
    return parse(
        text,
        origin,
        name,
        overrides.entrySet().stream()
            .map(o -> Setting.onCommandLine(o.getKey(), o.getValue()))
            .toList());
  }

  /**
   * The job that a text and some settings say.
   *
   * @param text HOCON; may be empty
   * @param origin where the text is from, for messages
   * @param name the run's name if the text gives none
   * @param settings which win over the text, and a later one over an earlier one
   * @throws JobException if it cannot be run; the message names origin, line and key
   */
  public static Job parse(String text, String origin, String name, List<Setting> settings) {
    Config written = merge(read(text, origin), settings);
    return job(resolve(written), written.root(), name);
  }

  private static Config read(String text, String origin) {
    Door.check(text, origin);
    try {
      return ConfigFactory.parseString(text, Door.options(origin));
    } catch (ConfigException e) {
      throw new JobException("not a job file: " + e.getMessage(), e);
    }
  }

  private static Config merge(Config file, List<Setting> settings) {
    Config merged = file;
    for (Setting setting : settings) {
      merged = read(setting).withFallback(merged);
    }
    return merged;
  }

  private static ConfigObject resolve(Config written) {
    try {
      return written.resolve().root();
    } catch (ConfigException e) {
      throw new JobException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private static Config read(Setting setting) {
    try {
      Door.check(setting.literal(), setting.origin());
      return ConfigFactory.parseString(
          setting.key() + " = " + setting.literal(), Door.options(setting.origin()));
    } catch (ConfigException e) {
      throw new JobException(setting.origin() + ": " + e.getMessage(), e);
    }
  }

  private static Job job(ConfigObject given, ConfigObject written, String defaultName) {
    Section root = Section.of(given, Assembly.known(""), "");
    Section run = root.section("run", Assembly.known("run"));
    Section train = root.section("train", Assembly.known("train"));
    Section network = root.section("network", Assembly.known("network"));
    Section data = root.section("data", Assembly.known("data"));
    NetworkBuilder builder = Assembly.builder(network);
    Network built = builder.build();
    Loss loss = Assembly.loss(train);
    checkLoss(network, built, loss);
    Preparation preparation = PreparationAssembly.preparation(data, "prepare", built.input());
    Augmentation augmentation =
        AugmentationAssembly.augmentation(data, preparation.input(), built, loss);
    Job.Model model =
        new Job.Model(
            built,
            loss,
            Assembly.engine(train),
            Assembly.precision(train),
            Assembly.json(root.object("network")),
            Assembly.json(train.objectOrType("loss")),
            preparation);
    Section retrain = root.section("retrain", Assembly.known("retrain"));
    Job.Retraining retraining = RetrainingParser.retraining(retrain);
    Job.DataSpec spec = DataParser.data(data, loss, retraining.arriving().data() != null);
    RetrainingParser.check(retrain, data, retraining, spec);
    String name = root.optionalText("name");
    return new Job(
        name == null ? defaultName : plainName(root, name),
        run.optionalText("dir"),
        spec,
        model,
        training(train, augmentation, Trainer.tensors(built, builder.tunings())),
        retraining,
        Secrets.hide(given.withFallback(Assembly.known("")), written).render(RENDER));
  }

  /** A name becomes a directory under runs/, and must not lead out of it. */
  private static String plainName(Section root, String name) {
    if (!name.matches("[\\p{L}\\p{N}_][\\p{L}\\p{N}_ .+=,@()-]{0,199}")) {
      throw root.error(
          "name",
          "name = \""
              + name
              + "\" is not a plain name, which begins with a letter or digit, has up to 200"
              + " characters, and no / or other sign that means something in a path; say where a"
              + " run goes with run.dir");
    }
    return name;
  }

  private static final ConfigRenderOptions RENDER =
      ConfigRenderOptions.defaults().setOriginComments(false).setJson(false);

  private static void checkLoss(Section section, Network network, Loss loss) {
    List<Layer> layers = network.layers();
    Layer last = layers.get(layers.size() - 1);
    if (network.output().isImage()) {
      throw section.error(
          "layers",
          String.format(
              "the network's last layer, %s, gives images of %s; a loss needs one value for each"
                  + " class: end with {type = flatten} and {type = affine, outputs = CLASSES}",
              last.describe(), network.output()));
    }
    int outputs = network.output().size();
    if (loss instanceof SoftmaxCrossEntropy weighted
        && weighted.classes() > 0
        && weighted.classes() != outputs) {
      throw section.error(
          "layers",
          String.format(
              "train.loss.class_weights has %d numbers, but the network gives %d outputs; give one"
                  + " weight for each class",
              weighted.classes(), outputs));
    }
    if (loss instanceof SoftmaxCrossEntropy && last instanceof Softmax) {
      throw section.error(
          "layers",
          "softmax_cross_entropy reads logits and applies softmax itself, but the network ends in"
              + " softmax; leave that layer out");
    }
  }

  private static Job.Training training(
      Section train, Augmentation augmentation, List<Tensor> tensors) {
    int shards = train.powerOfTwo("shards", 1, Shard.MAX_SHARDS);
    int partitions =
        train.integer("partitions", 0) == 0 ? 0 : train.powerOfTwo("partitions", 1, shards);
    Section optimizer = UpdateAssembly.optimizerSection(train);
    Trainer.Plan plan =
        new Trainer.Plan(
            UpdateAssembly.optimizer(train, optimizer),
            tensors,
            UpdateAssembly.schedule(train, optimizer),
            UpdateAssembly.average(train),
            train.integer("epochs", 1),
            train.integer("batch", 1));
    return new Job.Training(
        plan,
        RulesParser.rules(train),
        augmentation,
        train.whole("seed"),
        shards,
        partitions,
        exchange(train, plan),
        Assembly.wire(train),
        train.powerOfTwo("fan_in", 2, Shard.MAX_SHARDS),
        train.integer("log_every", 0),
        checkpoint(train.section("checkpoint", Assembly.known("train.checkpoint"))),
        train.choice("resume", List.of("never", "auto")).equals("auto"));
  }

  private static String exchange(Section train, Trainer.Plan plan) {
    String exchange = train.choice("exchange", List.of("auto", "tree", "slices"));
    if (exchange.equals("slices") && !plan.optimizer().isByPart()) {
      throw train.error(
          "exchange",
          "train.exchange = slices cannot update a slice of the weights by a rule that takes norms"
              + " over all of them, as lars, lamb and clipping by norm do; set train.exchange ="
              + " tree");
    }
    return exchange;
  }

  private static CheckpointWriter.Plan checkpoint(Section s) {
    String unit = s.choice("unit", List.of("steps", "epochs", "minutes"));
    return new CheckpointWriter.Plan(
        s.integer("every", 1),
        CheckpointWriter.Unit.valueOf(unit.toUpperCase(Locale.ROOT)),
        s.integer("keep", 1),
        s.flag("best"));
  }
}
