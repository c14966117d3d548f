package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.data.digits.Digits;
import dev.tributary.job.Job;
import dev.tributary.nn.Network;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The sources of samples that a job names, checked against its network. */
public final class Sources {
  private final Job.DataSpec data;
  private final Network network;
  private final Configuration hadoop;

  /** Of this data, for this network. */
  public Sources(Job.DataSpec data, Network network, Configuration hadoop) {
    this.data = data;
    this.network = network;
    this.hadoop = hadoop;
  }

  /** The training samples. */
  public SampleSource train() {
    if (data.format().equals("idx") && data.train() != null) {
      return idx(data.train());
    }
    return checked(new DigitsSource(data.digitsSeed(), Digits.Part.TRAIN, data.digitsTrain()));
  }

  /** The test samples, if there are any. */
  public @Nullable SampleSource test() {
    if (data.format().equals("idx")) {
      return data.test() == null ? null : idx(data.test());
    }
    return data.digitsTest() == 0
        ? null
        : checked(new DigitsSource(data.digitsSeed(), Digits.Part.TEST, data.digitsTest()));
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
    if (!source.shape().equals(network.input())) {
      throw new DataException(
          String.format(
              "%s holds samples of %s, but the network reads %s; set network.input to the data's shape",
              source.describe(), source.shape(), network.input()));
    }
    return source;
  }
}
