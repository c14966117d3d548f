package dev.tributary.cli;

import dev.tributary.data.digits.Digits;
import dev.tributary.data.digits.DriftingDigits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code arrive DIR}: data of one more period, to try retraining on. */
@Command(
    name = "arrive",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Puts one more period's digits into a folder, as a pair of IDX files, to try retrain on. From"
          + " one period to the next they move by a column and fade, so that older models do worse."
    },
    footer = {"", "Example:", "  deploy/submit arrive arrivals --period 0"})
final class ArriveCommand implements Callable<Integer> {
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;

  @Parameters(index = "0", paramLabel = "DIR", description = "The folder in which data arrives.")
  private String folder = "";

  @Option(
      names = "--period",
      paramLabel = "N",
      required = true,
      description = "Which period, from 0: the folder period=0000N.")
  private int period;

  @Option(names = "--samples", paramLabel = "N", description = "How many digits; 4000 if not said.")
  private int samples = 4000;

  @Option(names = "--seed", paramLabel = "N", description = "Which digits; 1 if not said.")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = Spark.hadoop();
    Path root = new Path(folder);
    FileSystem files = root.getFileSystem(hadoop);
    String name = String.format("period=%05d", period);
    Path aside = new Path(root, "_" + name);
    Path place = new Path(root, name);
    if (files.exists(place)) {
      System.out.printf("%s is there already%n", place);
      return 0;
    }
    files.delete(aside, true);
    DriftingDigits digits = new DriftingDigits(seed, period);
    byte[] pixels = new byte[Digits.HEIGHT * Digits.WIDTH];
    try (OutputStream images = files.create(new Path(aside, "digits-images-idx3-ubyte"));
        OutputStream labels = files.create(new Path(aside, "digits-labels-idx1-ubyte"))) {
      images.write(header(IMAGES, samples, Digits.HEIGHT, Digits.WIDTH));
      labels.write(header(LABELS, samples));
      for (int i = 0; i < samples; i++) {
        digits.draw(i, pixels, 0);
        images.write(pixels);
        labels.write(digits.label(i));
      }
    }
    // Whole, at one stroke: a retrain that looks now sees all of it or nothing.
    if (!files.rename(aside, place)) {
      throw new IOException("cannot rename " + aside + " to " + place);
    }
    System.out.printf("%,d digits in %s%n", samples, place);
    return 0;
  }

  private static byte[] header(int magic, int... dimensions) {
    ByteBuffer header = ByteBuffer.allocate(4 + 4 * dimensions.length).putInt(magic);
    for (int dimension : dimensions) {
      header.putInt(dimension);
    }
    return header.array();
  }
}
