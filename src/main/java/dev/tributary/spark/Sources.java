package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.data.Schema;
import dev.tributary.data.digits.Digits.Part;
import dev.tributary.data.embedded.Embedded;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.Job;
import dev.tributary.nn.Network;
import dev.tributary.tensor.Shape;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The sources of samples that a job names, checked against its network. */
public final class Sources implements TrainingRun.Data {
  private final Job.DataSpec data;
  private final Network network;
  private final Preparation preparation;
  private final Configuration hadoop;

  /** Of this data, prepared in this way, for this network. */
  public Sources(
      Job.DataSpec data, Network network, Preparation preparation, Configuration hadoop) {
    this.data = data;
    this.network = network;
    this.preparation = preparation;
    this.hadoop = hadoop;
  }

  @Override
  public SampleSource train() {
    return data.validationShare() == 0 ? allTrain() : part(false);
  }

  @Override
  public @Nullable SampleSource validation() {
    if (data.validation() != null) {
      return idx(data.validation());
    }
    return data.validationShare() == 0 ? null : part(true);
  }

  private SampleSource part(boolean validation) {
    return new HeldOutSource(allTrain(), data.validationShare(), data.made().seed(), validation);
  }

  private SampleSource allTrain() {
    Embedded set = data.embedded();
    if (set == null) {
      return idx(Objects.requireNonNull(data.train()));
    }
    return checked(new EmbeddedSource(set, data.made().seed(), Part.TRAIN, data.made().train()));
  }

  @Override
  public @Nullable SampleSource test() {
    Embedded set = data.embedded();
    if (set == null) {
      return data.test() == null ? null : idx(data.test());
    }
    return data.made().test() == 0
        ? null
        : checked(new EmbeddedSource(set, data.made().seed(), Part.TEST, data.made().test()));
  }

  /** A pair of IDX files by the start of their names. */
  public SampleSource idx(String prefix) {
    return checked(IdxSource.labelled(prefix, classes(), hadoop));
  }

  /** The same where labels need not be there. */
  public SampleSource unlabelledIdx(String prefix) {
    return checked(IdxSource.maybeLabelled(prefix, classes(), hadoop));
  }

  /** One for each output; a single output tells two apart. */
  private int classes() {
    return Math.max(2, network.output().size());
  }

  private SampleSource checked(SampleSource source) {
    if (source.count() == 0) {
      throw new DataException(source.describe() + " holds no samples; there is nothing to do");
    }
    Schema schema = source.schema();
    if (!schema.shape().equals(preparation.input())) {
      throw wrongShape(source);
    }
    int outputs = network.output().size();
    if (schema.targets() > 0 && schema.targets() != outputs) {
      throw new DataException(
          String.format(
              "%s holds %d numbers to predict for each sample, but the network has %d outputs; give"
                  + " its last layer %d",
              source.describe(), schema.targets(), outputs, schema.targets()));
    }
    if (source instanceof EmbeddedSource embedded && embedded.set().classes() > classes()) {
      throw new DataException(
          String.format(
              "%s has %d classes, but the network has %d outputs; give its last layer %d",
              source.describe(), embedded.set().classes(), outputs, embedded.set().classes()));
    }
    return source;
  }

  private DataException wrongShape(SampleSource source) {
    Shape shape = source.schema().shape();
    if (preparation.input().equals(network.input())) {
      return new DataException(
          String.format(
              "%s holds samples of %s, but the network reads %s; set network.input to the data's shape",
              source.describe(), shape, network.input()));
    }
    return new DataException(
        String.format(
            "%s holds samples of %s, but the network reads %s, which data.prepare makes of %s, as one_hot"
                + " adds %d columns; set network.input to [%d]",
            source.describe(),
            shape,
            network.input(),
            preparation.input(),
            network.input().size() - preparation.input().size(),
            shape.size() + network.input().size() - preparation.input().size()));
  }
}
