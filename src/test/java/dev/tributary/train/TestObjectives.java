package dev.tributary.train;

import dev.tributary.data.augment.Alteration;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.augment.Brightness;
import dev.tributary.data.augment.Contrast;
import dev.tributary.data.augment.Crop;
import dev.tributary.data.augment.CutOut;
import dev.tributary.data.augment.Flip;
import dev.tributary.data.augment.MixUp;
import dev.tributary.data.augment.Rotation;
import dev.tributary.data.augment.Shift;
import dev.tributary.data.prepare.Columns;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.data.prepare.Standardization;
import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.format.WeightsFile;
import dev.tributary.nn.Add;
import dev.tributary.nn.Affine;
import dev.tributary.nn.BatchNorm;
import dev.tributary.nn.Concatenate;
import dev.tributary.nn.Convolution;
import dev.tributary.nn.Dropout;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Schedule;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import dev.tributary.train.metrics.Classification;
import dev.tributary.train.metrics.Task;
import java.util.List;

/** Small networks to train in tests, and how. */
public final class TestObjectives {
  public static final Shape SHAPE = Shape.image(6, 6, 1);
  public static final int CLASSES = 4;

  private TestObjectives() {}

  public static Objective mlp() {
    return objective(
        List.of(
            Reshape.flatten(SHAPE),
            new Affine(36, 20, true, Initializer.HE),
            new Elementwise(Activation.RELU, Shape.flat(20)),
            new Affine(20, CLASSES, true, Initializer.GLOROT)));
  }

  /** Many weights: a broadcast of them stands out. */
  public static Objective wide() {
    return objective(
        List.of(
            Reshape.flatten(SHAPE),
            new Affine(36, 3000, true, Initializer.HE),
            new Affine(3000, CLASSES, true, Initializer.GLOROT)));
  }

  public static Objective cnnWithDropout() {
    Window three = Window.of(3, 1, 1);
    Window two = Window.of(2, 2, 0);
    Convolution convolution =
        new Convolution(new ConvolutionSize(SHAPE, 5, three, three, 1), true, Initializer.HE);
    Pool pool =
        new Pool(new PoolSize(PoolSize.Kind.MAX, convolution.output(), two, two, false, false));
    return objective(
        List.of(
            convolution,
            new Elementwise(Activation.RELU, convolution.output()),
            pool,
            new Dropout(0.25, pool.output()),
            Reshape.flatten(pool.output()),
            new Affine(pool.output().size(), 12, true, Initializer.HE),
            new Elementwise(Activation.TANH, Shape.flat(12)),
            new Dropout(0.5, Shape.flat(12)),
            new Affine(12, CLASSES, true, Initializer.GLOROT)));
  }

  /** Batch normalisation, a residual block, a value read three times, and a concatenation. */
  public static Objective residual() {
    Window three = Window.of(3, 1, 1);
    Convolution first =
        new Convolution(new ConvolutionSize(SHAPE, 4, three, three, 1), true, Initializer.HE);
    Shape image = first.output();
    Convolution second =
        new Convolution(new ConvolutionSize(image, 4, three, three, 1), true, Initializer.HE);
    Concatenate both = new Concatenate(List.of(image, image));
    return objective(
        new Network(
            SHAPE,
            List.of(
                new Network.Node(first, List.of(Network.INPUT)),
                new Network.Node(new BatchNorm(image, 1e-5, 0.1), List.of(0)),
                new Network.Node(second, List.of(1)),
                new Network.Node(new Add(image, 3), List.of(1, 2, 1)),
                new Network.Node(both, List.of(1, 3)),
                new Network.Node(Reshape.flatten(both.output()), List.of(4)),
                new Network.Node(
                    new Affine(both.output().size(), CLASSES, true, Initializer.GLOROT),
                    List.of(5)))));
  }

  /** A network with dropout that reads standardized features of samples changed in every way. */
  public static Objective augmented() {
    Preparation preparation =
        new Preparation(
            SHAPE,
            List.of(
                new Standardization(
                    new Columns(SHAPE, null), new double[] {0.4}, new double[] {0.3})));
    List<Alteration> alterations =
        List.of(
            new Crop(SHAPE, 1, 2, Crop.Border.REFLECT),
            new Flip(SHAPE, true),
            new Shift(SHAPE, 0.1, 0.1),
            new Rotation(SHAPE, 20),
            new CutOut(SHAPE, 2, 2),
            new Brightness(SHAPE, 0.2),
            new Contrast(SHAPE, 0.2));
    List<Augmentation.Chance> chances =
        alterations.stream().map(a -> new Augmentation.Chance(a, 0.6)).toList();
    return cnnWithDropout()
        .preparedBy(preparation)
        .augmentedBy(new Augmentation(chances, new MixUp(0.2)));
  }

  private static Objective objective(List<Layer> layers) {
    return objective(new Network(layers));
  }

  private static Objective objective(Network network) {
    return new Objective(network, new SoftmaxCrossEntropy(), new JvmEngineProvider(), 11);
  }

  /** An evaluation over no samples yet. */
  public static Classification evaluation(Objective objective) {
    int outputs = objective.network().output().size();
    return (Classification) Task.CLASSES.start(objective.loss(), outputs);
  }

  /** SGD with momentum for some epochs. */
  public static Trainer.Plan plan(Network network, int epochs, int batch) {
    return plan(network, Optimizer.sgd(0.9, false, 1e-4), 0.05, epochs, batch);
  }

  /** The same with clipping and a moving average. */
  public static Trainer.Plan averaged(Network network, int epochs, int batch) {
    Trainer.Plan plan = plan(network, epochs, batch);
    return new Trainer.Plan(
        plan.optimizer().clippedByNorm(1),
        plan.tensors(),
        plan.schedule(),
        new Average(0.9),
        epochs,
        batch);
  }

  /** An optimizer at one rate for some epochs. */
  public static Trainer.Plan plan(
      Network network, Optimizer optimizer, double rate, int epochs, int batch) {
    return new Trainer.Plan(
        optimizer,
        Tensor.whole(network.parameterCount()),
        (stepsPerEpoch, steps) -> Schedule.constant(rate),
        null,
        epochs,
        batch);
  }

  /** Trains to the end; the weights' fingerprint. */
  public static String train(GradientSource source, Objective objective, Trainer.Plan plan) {
    Trainer trainer = new Trainer(source, objective.network(), plan, objective.seed());
    trainer.forEachRemaining(step -> {});
    return WeightsFile.sha256(trainer.values());
  }
}
