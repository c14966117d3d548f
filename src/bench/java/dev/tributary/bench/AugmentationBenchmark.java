package dev.tributary.bench;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.augment.Alteration;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.augment.Augmenter;
import dev.tributary.data.augment.Brightness;
import dev.tributary.data.augment.Contrast;
import dev.tributary.data.augment.Crop;
import dev.tributary.data.augment.CutOut;
import dev.tributary.data.augment.Flip;
import dev.tributary.data.augment.MixUp;
import dev.tributary.data.augment.Rotation;
import dev.tributary.data.augment.Shift;
import dev.tributary.engine.Precision;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Network;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What augmentation costs beside the step it is for, each in milliseconds on one thread: {@code
 * augment} over {@code step} is to be at most 0.15.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AugmentationBenchmark {
  private static final int BATCH = 128;

  /** A {@link BenchNetwork}. */
  @Param({"LENET", "RESIDUAL"})
  public String network = "LENET";

  /** What is done to a mini-batch. */
  public enum What {
    /** By up to 4 pixels, and a mirror image of half of them: most often used. */
    CROP_FLIP,
    /** By any fraction of a pixel. */
    SHIFT,
    /** By up to 10 degrees. */
    ROTATE,
    /** 8 x 8 pixels. */
    CUT_OUT,
    /** Both. */
    BRIGHTNESS_CONTRAST,
    /** All of the above. */
    ALL,
    /** Of the samples with each other. */
    MIX_UP;

    private Augmentation of(Shape shape) {
      List<Alteration> all =
          List.of(
              new Crop(shape, 4, 4, Crop.Border.ZERO),
              new Flip(shape, true),
              new Shift(shape, 0.1, 0.1),
              new Rotation(shape, 10),
              new CutOut(shape, 8, 8),
              new Brightness(shape, 0.2),
              new Contrast(shape, 0.2));
      List<Alteration> chosen =
          switch (this) {
            case CROP_FLIP -> all.subList(0, 2);
            case SHIFT -> all.subList(2, 3);
            case ROTATE -> all.subList(3, 4);
            case CUT_OUT -> all.subList(4, 5);
            case BRIGHTNESS_CONTRAST -> all.subList(5, 7);
            case ALL -> all;
            case MIX_UP -> List.of();
          };
      return new Augmentation(
          chosen.stream()
              .map(a -> new Augmentation.Chance(a, a instanceof Flip ? 0.5 : 1))
              .toList(),
          this == MIX_UP ? new MixUp(0.2) : null);
    }
  }

  /** What is done. */
  @Param public What what = What.CROP_FLIP;

  @SuppressWarnings("NullAway.Init")
  private TrainingStep step;

  @SuppressWarnings("NullAway.Init")
  private Augmenter augmenter;

  @SuppressWarnings("NullAway.Init")
  private Shard shard;

  @SuppressWarnings("NullAway.Init")
  private Batch batch;

  private int outputs;

  /** Builds the network and a shard that is one mini-batch. */
  @Setup
  public void open() {
    Network built = BenchNetwork.valueOf(network).network();
    step =
        new TrainingStep(
            BenchNetwork.valueOf(network), BATCH, new OneDnnEngineProvider(Precision.F32));
    augmenter = new Augmenter(what.of(built.input()), 1);
    Samples samples = new Samples(built.input(), BATCH);
    Random random = new Random(1);
    byte[] pixels = new byte[built.input().size()];
    for (int i = 0; i < BATCH; i++) {
      random.nextBytes(pixels);
      samples.add(pixels, 0, random.nextInt(10));
    }
    shard = Shard.of(0, 1, 1, List.of(samples));
    batch = new Batch(built.input());
    outputs = built.output().size();
    shard.fill(batch, new Step(0, 0, 0, 1));
  }

  /** The step alone. */
  @Benchmark
  public double step() {
    return step.run();
  }

  /** What is done to its samples before. */
  @Benchmark
  public float augment() {
    Step first = new Step(0, 0, 0, 1);
    augmenter.alter(batch, shard, first);
    augmenter.mix(batch, shard, first, outputs);
    return batch.features()[0];
  }

  /** Frees the engine. */
  @TearDown
  public void close() {
    step.close();
  }
}
