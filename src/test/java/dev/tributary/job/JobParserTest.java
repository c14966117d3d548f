package dev.tributary.job;

import static dev.tributary.engine.Precision.BF16;
import static dev.tributary.engine.Precision.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.embedded.Embedded;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.optim.Schedule;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Job files, right and wrong. The messages are part of the interface. */
final class JobParserTest {
  private static final String GOOD =
      """
      network {
        input = [28, 28, 1]
        layers = [
          { type = convolution, filters = 8, kernel = [5, 3], padding = 2 }
          { type = relu }
          { type = max_pool, kernel = 2 }
          { type = flatten }
          { type = affine, outputs = 10 }
        ]
      }
      train.optimizer = { type = sgd, rate = 0.1, momentum = 0.9 }
      """;

  private static Job parse(String text, Map<String, String> overrides) {
    return JobParser.parse(text, "my.conf", "my", overrides);
  }

  private static Job parse(String text) {
    return parse(text, Map.of());
  }

  private static void assertMessage(String text, String message) {
    assertThatThrownBy(() -> parse(text)).hasMessageContaining(message);
  }

  @Test
  void choosesTheFastestEngineThatRunsHere() {
    Optional<String> none = Optional.empty();
    Optional<String> musl = Optional.of("its native library does not load on Linux amd64: musl");
    assertThat(Assembly.engine("auto", F32, none).provider().name()).isEqualTo("onednn");
    assertThat(Assembly.engine("onednn", F32, none).reason()).isEqualTo("the job says onednn");
    assertThat(Assembly.engine("jvm", F32, none).provider().name()).isEqualTo("jvm");
    EngineChoice fallback = Assembly.engine("auto", F32, musl);
    assertThat(fallback.provider().name()).isEqualTo("jvm");
    assertThat(fallback.reason())
        .isEqualTo(
            "auto: onednn is left out, as its native library does not load on Linux amd64: musl");
    assertThatThrownBy(() -> Assembly.engine("onednn", F32, musl))
        .hasMessage(
            "onednn does not run here with precision f32, as its native library does not load on"
                + " Linux amd64: musl; take auto or jvm");
  }

  @Test
  void takesBfloat16WithOneDnnAlone() {
    Optional<String> none = Optional.empty();
    Optional<String> old = Optional.of("its avx2 kernels have no bf16");
    assertThat(Assembly.engine("auto", BF16, none).provider().name()).isEqualTo("onednn");
    assertThatThrownBy(() -> Assembly.engine("auto", BF16, old))
        .hasMessage(
            "onednn does not run here with precision bf16, as its avx2 kernels have no bf16; take"
                + " precision = f32");
    assertThatThrownBy(() -> Assembly.engine("jvm", BF16, none))
        .hasMessage("jvm has precision f32 alone; for bf16 take auto or onednn");
  }

  @Test
  void readsAJobWithItsDefaults() {
    Job job = parse(GOOD);
    assertThat(job.name()).isEqualTo("my");
    assertThat(job.runDirectory()).isNull();
    assertThat(job.data().embedded()).isEqualTo(Embedded.DIGITS);
    assertThat(job.data().made().train()).isEqualTo(60000);
    assertThat(job.training().plan().epochs()).isEqualTo(5);
    assertThat(job.training().shards()).isEqualTo(16);
    assertThat(job.model().engine().reason()).startsWith("auto: onednn ");
    assertThat(job.model().network().layers())
        .extracting(Layer::describe)
        .containsExactly(
            "convolution 5x3 padding 2, 28x28x1 -> 28x30x8",
            "relu",
            "max_pool 2x2 stride 2, 28x30x8 -> 14x15x8",
            "flatten 14x15x8 -> 1680",
            "affine 1680 -> 10");
  }

  @Test
  void whatIsSavedIsTheSameJob() {
    Job job = parse(GOOD, Map.of("train.epochs", "7", "run.dir", "hdfs://name:8020/runs/x"));
    Job again = JobParser.parse(job.text(), "job.conf", "other", Map.of());
    assertThat(again.training().plan().epochs()).isEqualTo(7);
    assertThat(again.runDirectory()).isEqualTo("hdfs://name:8020/runs/x");
    assertThat(again.model().network().table()).isEqualTo(job.model().network().table());
    assertThat(Assembly.network(job.model().networkText(), "model.json").table())
        .isEqualTo(job.model().network().table());
  }

  @Test
  void overridesWin() {
    Job job =
        parse(
            GOOD,
            Map.of(
                "train.epochs", "20",
                "train.optimizer.rate", "0.5",
                "data.format", "idx",
                "data.train", "hdfs:///mnist/train",
                "network.input", "[32, 32, 3]"));
    assertThat(job.training().plan().epochs()).isEqualTo(20);
    assertThat(job.training().plan().schedule().over(10, 100).rate(0)).isEqualTo(0.5);
    assertThat(job.data().train()).isEqualTo("hdfs:///mnist/train");
    assertThat(job.model().network().input().toString()).isEqualTo("32x32x3");
  }

  @Test
  void anEmptyPathIsNone() {
    Job job = parse(GOOD + "data.test = somewhere", Map.of("data.test", ""));
    assertThat(job.data().test()).isNull();
  }

  @Test
  void schedulesCountEpochsOrSteps() {
    String schedule = GOOD + "train.schedule = { type = step, every = 2, factor = 0.5";
    Schedule byEpochs = parse(schedule + " }").training().plan().schedule().over(10, 100);
    assertThat(byEpochs.rate(19)).isEqualTo(0.1);
    assertThat(byEpochs.rate(20)).isEqualTo(0.05);
    Schedule bySteps =
        parse(schedule + ", unit = steps }").training().plan().schedule().over(10, 100);
    assertThat(bySteps.rate(1)).isEqualTo(0.1);
    assertThat(bySteps.rate(2)).isEqualTo(0.05);
  }

  @Test
  void schedulesFollowEachOther() {
    String warmUp = "{ type = linear_warm_up, length = 2, start_factor = 0.5 }";
    Schedule schedule =
        parse(GOOD + "train.schedule = [" + warmUp + ", { type = cosine }]")
            .training()
            .plan()
            .schedule()
            .over(10, 120);
    assertThat(schedule.rate(0)).isEqualTo(0.05);
    assertThat(schedule.rate(10)).isCloseTo(0.075, within(1e-12));
    assertThat(schedule.rate(20)).isEqualTo(0.1);
    assertThat(schedule.rate(70)).as("half of the rest").isCloseTo(0.05, within(1e-12));
    assertThat(schedule.rate(120)).isZero();

    assertMessage(
        GOOD + "train.schedule = [{ type = cosine }, { type = constant }]",
        "train.schedule[0].length is missing: only the last schedule may last to the end of the"
            + " run; give the epochs (or steps, with unit = steps) after which the next one"
            + " begins");
    assertMessage(
        GOOD + "train.schedule = { type = cosine, minimum = 1 }",
        "minimum must be from 0 to the rate 0.1, not 1.0");
    assertMessage(
        GOOD + "train.schedule = { type = cosine, length = 0 }",
        "train.schedule.length = 0, expected a number above 0");
  }

  @Test
  void layersTuneTheirTraining() {
    String tuned =
        GOOD.replace("padding = 2 }", "padding = 2, frozen = true }")
            .replace("outputs = 10 }", "outputs = 10, rate_factor = 0.5, l1 = 1e-4, l2 = 1e-3 }");
    List<Tensor> tensors = parse(tuned).training().plan().tensors();
    assertThat(tensors)
        .extracting(Tensor::tuning)
        .containsExactly(
            new Tensor.Tuning(0, 0, 0),
            new Tensor.Tuning(0, 0, 0),
            new Tensor.Tuning(0.5, 1e-4, 1e-3),
            new Tensor.Tuning(0.5, 1e-4, 1e-3));
    assertThat(tensors).extracting(Tensor::isVector).containsExactly(false, true, false, true);
    assertMessage(
        GOOD.replace("outputs = 10 }", "outputs = 10, l2 = -1 }"),
        "network.layers[4].l2 = -1, expected a number of at least 0");
  }

  @Test
  void validationHasOneHome() {
    assertThat(parse(GOOD + "data.validation_share = 0.1").data().validationShare()).isEqualTo(0.1);
    assertMessage(
        GOOD + "data { format = idx, train = a, validation = b, validation_share = 0.1 }",
        "data.validation and data.validation_share exclude each other");
    assertMessage(
        GOOD + "data.validation_share = 1",
        "data.validation_share = 1, expected a number of at least 0 and below 1");
    assertMessage(
        GOOD + "train.on_plateau.factor = 2", "train.on_plateau.factor = 2.0, expected it below 1");
    assertMessage(
        GOOD + "train.rollback.factor = 1", "train.rollback.factor = 1.0, expected it below 1");
    assertMessage(GOOD + "train.loss_spike = 1", "train.loss_spike = 1.0, expected it above 1");
    assertMessage(
        GOOD + "train.on_divergence = roll",
        "train.on_divergence = \"roll\" is not known; known: stop, rollback");
  }

  @Test
  void aRunEndsWhereItDivergesUnlessTheJobSaysOtherwise() {
    assertThat(parse(GOOD).training().rules().divergence())
        .isEqualTo(new Rules.Divergence(null, null));
    assertThat(
            parse(GOOD + "train.on_divergence = rollback, train.loss_spike = 10")
                .training()
                .rules()
                .divergence())
        .isEqualTo(new Rules.Divergence(new Rules.Rollback(100, 0.5, 5), 10.0));
  }

  @Test
  void optimizersAreKnownByName() {
    for (String type :
        List.of(
            "sgd", "adam", "adamw", "nadam", "rmsprop", "adagrad", "adadelta", "lamb", "lars")) {
      Job job =
          parse(
              GOOD.replace(
                  "type = sgd, rate = 0.1, momentum = 0.9", "type = " + type + ", rate = 0.1"));
      assertThat(job.training().plan().schedule().over(1, 1).rate(0)).isEqualTo(0.1);
    }
    assertMessage(GOOD + "train.clip.norm = 0", "train.clip.norm: norm must be above 0");
    assertThat(parse(GOOD + "train.exchange = slices").training().exchange()).isEqualTo("slices");
    assertMessage(
        GOOD + "train.exchange = slices, train.clip.norm = 1",
        "train.exchange = slices cannot update a slice of the weights by a rule that takes norms");
    assertThat(parse(GOOD).objective().wire()).isEqualTo(Wire.F32);
    assertThat(parse(GOOD + "train.wire = bf16").objective().wire()).isEqualTo(Wire.BF16);
    assertMessage(
        GOOD + "train.wire = half", "train.wire = \"half\" is not known; known: f32, bf16");
    assertMessage(GOOD + "train.average = 1", "decay must be above 0 and below 1, not 1.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "digits",
        "digit-pairs",
        "house-prices",
        "house-sales",
        "mnist-mlp",
        "mnist-lenet",
        "mnist-residual"
      })
  void theJobsThatComeWithTributaryAreRight(String name) throws IOException {
    String text = Files.readString(Path.of("jobs", name + ".conf"));
    Job job = JobParser.parse(text, name + ".conf", name, Map.of());
    int outputs = name.startsWith("house") ? 1 : 10;
    assertThat(job.model().network().output().size()).isEqualTo(outputs);
  }

  /** What is added to a good job (or replaced in it by -D), and what is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train.epoch = 3 | my.conf: 12: unknown key train.epoch; did you mean train.epochs?
          trian.epochs = 3 | my.conf: 12: unknown key trian; did you mean train?
          train.optimizer.momentun = 3 | my.conf: 12: unknown key train.optimizer.momentun; did you mean train.optimizer.momentum?
          train.epochs = ten | my.conf: 12: train.epochs = "ten", expected a whole number
          train.epochs = 1.5 | my.conf: 12: train.epochs = 1.5, expected a whole number
          train.epochs = 0 | my.conf: 12: train.epochs = 0, expected a whole number of at least 1
          train.epochs = [1] | my.conf: 12: train.epochs = [1], expected a whole number
          train = 5 | my.conf: 12: train = 5, expected an object: { … }
          train.shards = 12 | my.conf: 12: train.shards = 12, expected a power of two from 1 to 65536, such as 8
          train.partitions = 32 | my.conf: 12: train.partitions = 32, expected a power of two from 1 to 16, such as 16
          train.loss = cross_entropy | my.conf: 12: train.loss.type = "cross_entropy" is not known; known: absolute_error, huber, multiclass_hinge, sigmoid_cross_entropy, softmax_cross_entropy, squared_error
          train.loss = squared_eror | my.conf: 12: train.loss.type = "squared_eror" is not known; did you mean squared_error?
          train.loss = {type = huber, delta = 0} | my.conf: 12: train.loss: delta must be above 0 and finite, not 0.0
          train.loss = {type = huber, margin = 1} | my.conf: 12: unknown key train.loss.margin; known: train.loss.delta, train.loss.type
          train.loss = {type = softmax_cross_entropy, class_weights = [1, 2]} | my.conf: 3: train.loss.class_weights has 2 numbers, but the network gives 10 outputs; give one weight for each class
          train.loss = {type = softmax_cross_entropy, class_weights = 2} | my.conf: 12: train.loss.class_weights = 2, expected a list of numbers
          train.loss = {type = softmax_cross_entropy, label_smoothing = 1} | my.conf: 12: train.loss: label_smoothing must be at least 0 and below 1, not 1.0
          train.engine = gpu | my.conf: 12: train.engine = "gpu" is not known; known: auto, jvm, onednn
          train.optimizer.type = sdg | my.conf: 12: train.optimizer.type = "sdg" is not known; did you mean sgd?
          train.optimizer.momentum = 1 | my.conf: 11: train.optimizer.type: momentum must be at least 0 and below 1, not 1.0
          train.optimizer.rate = -1 | my.conf: 12: train.optimizer.rate: rate must be above 0 and finite, not -1.0
          train.schedule = {type = step} | my.conf: 12: train.schedule.every is missing; it has no default
          data.format = tfrecord | my.conf: 12: data.format = "tfrecord" is not known; known: idx, cifar10, npy, images, packed, parquet, orc, csv, json, avro, libsvm, image, binary_file, jdbc, table, sql, digits, digit_pairs, house_prices, house_sales
          data.format = parquet | my.conf: 12: data.format = parquet needs data.train: a path, a table's name or a query
          data.split = {train = 0.5, test = 0.2} | my.conf: 12: the shares of data.split add up to 0.7; make them add up to 1
          data.format = idx | my.conf: 12: data.format = idx needs data.train, such as -D data.train=DIR/train for DIR/train-images-idx3-ubyte.gz
          network.input = 784 | my.conf: 4: network.layers[0].type: convolution reads an image (height x width x channels), but what comes is 784 flat features; put it before {type = flatten}, or give network.input = [height, width, channels]
          network.input = [28, 28] | my.conf: 12: network.input: a sample's shape has 1 dimension (features) or 3 (height, width, channels), not 2: [28, 28]
          network.input = [28, 0, 1] | my.conf: 12: network.input = [28,0,1], expected [features] or [height, width, channels]: whole numbers of at least 1
          network.layers = [] | my.conf: 12: network.layers = [], expected a list of objects, at least one: [{ … }, …]
          network.layers = [relu] | my.conf: 12: network.layers = "relu", expected an object, such as {type = relu}, at place 0
          network.layers = [{kernel = 2}] | my.conf: 12: network.layers[0].type is missing; it has no default
          network.layers = [{type = convolutoin}] | my.conf: 12: network.layers[0].type = "convolutoin" is not known; did you mean convolution?
          network.layers = [{type = relu, slope = 1}] | my.conf: 12: unknown key network.layers[0].slope; known: network.layers[0].from, network.layers[0].name, network.layers[0].type
          network.layers = [{type = affine, outputs = 3}] | my.conf: 12: network.layers[0].type: affine reads flat features, but what comes is an image of 28x28x1 (height x width x channels); put {type = flatten} before it
          network.layers = [{type = flatten}, {type = affine, inputs = 8, outputs = 3}] | my.conf: 12: network.layers: layer 1, affine 8 -> 3, reads 8 features, but layer 0, flatten 28x28x1 -> 784, gives 784 features
          network.layers = [{type = convolution, filters = 2, kernel = 30}] | my.conf: 12: network.layers[0].type: the kernel of convolution spans 30x30 pixels, but the image of 28x28 with padding 0 has only 28x28 (height x width); use a smaller kernel or more padding
          network.layers = [{type = convolution, filters = 2, kernel = 3, algorithm = ftt}] | my.conf: 12: network.layers[0].algorithm = "ftt" is not known; did you mean fft?
          network.layers = [{type = convolution, filters = 2, kernel = 3, algorithm = winograd}] | my.conf: 12: network.layers[0].algorithm = "winograd" is not known; known: auto, im2col, fft
          network.layers = [{type = convolution, filters = 2, kernel = 3, padding = sane}] | my.conf: 12: network.layers[0].padding = "sane" is not known; did you mean same?
          network.layers = [{type = convolution, filters = 2, kernel = 3, padding = -1}] | my.conf: 12: network.layers[0].padding = -1, expected a whole number of at least 0
          network.layers = [{type = convolution, filters = 2, kernel = [3, 4], padding = same}] | my.conf: 12: network.layers[0].padding: a kernel that spans 4 pixels cannot keep the image's size, for padding is alike on both sides: 1 makes it a pixel smaller, 2 a pixel larger; use a kernel that spans 3 or 5, or say the padding in pixels
          network.layers = [{type = max_pool, kernel = 2, padding = same}] | my.conf: 12: network.layers[0].padding: a kernel that spans 2 pixels cannot keep the image's size, for padding is alike on both sides: 0 makes it a pixel smaller, 1 a pixel larger; use a kernel that spans 1 or 3, or say the padding in pixels
          network.layers = [{type = dropout, probability = 1}] | my.conf: 12: network.layers[0].type: probability of dropout must be at least 0 and below 1, not 1.0
          network.layers = [{type = add}] | my.conf: 12: network.layers[0].type: add needs at least 2 inputs, not 1
          network.layers = [{type = relu, name = a}, {type = relu, name = a}] | my.conf: 12: network.layers[1].name: the name "a" is taken already
          network.layers = [{type = relu, name = one}, {type = relu, from = onne}] | my.conf: 12: network.layers[1].from: no layer before this one is named "onne"; did you mean one?
          network.layers = [{type = relu}, {type = tanh, from = input}] | my.conf: 12: network.layers: nobody reads layer 0, relu; leave it out
          network.layers = [{type = residual, layers = [{type = convolution, filters = 4, kernel = 3, padding = 1}]}] | my.conf: 12: network.layers[0]: the residual block's layers give 28x28x4, but what they are added to is 28x28x1; make them agree, for instance with shortcut = [{type = convolution, kernel = 1, …}]
          network.layers = [{type = residual, layers = [{type = convolution, filters = 4, kernel = 3, padding = 1, groups = 3}]}] | my.conf: 12: network.layers[0].layers[0].type: groups must divide both the 1 channels of the input and the 4 filters; 3 does not
          network.layers = [{type = relu}] | my.conf: 12: the network's last layer, relu, gives images of 28x28x1; a loss needs one value for each class: end with {type = flatten} and {type = affine, outputs = CLASSES}
          network.layers = [{type = flatten}, {type = softmax}] | my.conf: 12: softmax_cross_entropy reads logits and applies softmax itself, but the network ends in softmax; leave that layer out
          """)
  void refusesWhatIsWrong(String line, String message) {
    assertThatThrownBy(() -> parse(GOOD + line))
        .isInstanceOf(JobException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          convolution, filters = 4, kernel = [5, 3], padding = same | convolution 5x3 padding 2x1, 28x28x1 -> 28x28x4
          convolution, filters = 4, kernel = 4, dilation = 2, padding = same | convolution 4x4 padding 3 dilation 2, 28x28x1 -> 28x28x4
          convolution, filters = 4, kernel = 5, stride = 3, padding = same | convolution 5x5 stride 3 padding 2, 28x28x1 -> 10x10x4
          convolution, filters = 4, kernel = 4, padding = valid | convolution 4x4, 28x28x1 -> 25x25x4
          convolution, filters = 4, kernel = 4, padding = "3" | convolution 4x4 padding 3, 28x28x1 -> 31x31x4
          max_pool, kernel = 3, stride = 1, padding = same | max_pool 3x3 padding 1, 28x28x1 -> 28x28x1
          average_pool, kernel = 3, padding = same | average_pool 3x3 stride 3 padding 1, 28x28x1 -> 10x10x1
          average_pool, kernel = 3, padding = valid | average_pool 3x3 stride 3, 28x28x1 -> 9x9x1
          convolution, filters = 4, kernel = 3, algorithm = auto | convolution 3x3, 28x28x1 -> 26x26x4
          convolution, filters = 4, kernel = 3, algorithm = fft | convolution 3x3 by fft, 28x28x1 -> 26x26x4
          convolution, filters = 4, kernel = 3, algorithm = im2col | convolution 3x3 by im2col, 28x28x1 -> 26x26x4
          """)
  void readsPaddingAndAlgorithm(String layer, String description) {
    String end = ", {type = flatten}, {type = affine, outputs = 10}]";
    Job job = parse(GOOD + "network.layers = [{type = " + layer + "}" + end);
    assertThat(job.model().network().layers().get(0).describe()).isEqualTo(description);
  }

  @Test
  void readsGraphs() {
    Job job =
        parse(
            GOOD
                + """
                network.layers = [
                  { type = residual
                    layers = [{ type = convolution, filters = 4, kernel = 3, padding = 1 }, { type = relu }]
                    shortcut = [{ type = convolution, filters = 4, kernel = 1 }]
                    name = block }
                  { type = tanh, name = t }
                  { type = concatenate, from = [t, input] }
                  { type = flatten }
                  { type = affine, outputs = 10 }
                ]
                """);
    assertThat(job.model().network().nodes())
        .extracting(Network.Node::inputs)
        .containsExactly(
            List.of(-1),
            List.of(0),
            List.of(-1),
            List.of(2, 1),
            List.of(3),
            List.of(4, -1),
            List.of(5),
            List.of(6));
  }

  @Test
  void namesTheCommandLine() {
    assertThatThrownBy(() -> parse(GOOD, Map.of("train.epochs", "many")))
        .hasMessage("-D train.epochs: train.epochs = \"many\", expected a whole number");
    assertThatThrownBy(() -> parse(GOOD, Map.of("trian.epochs", "2")))
        .hasMessage("-D trian.epochs: unknown key trian; did you mean train?");
  }

  @Test
  void refusesWhatIsNoHocon() {
    assertThatThrownBy(() -> parse("network {\n  input = [28, 28\n"))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("not a job file: my.conf: ");
  }
}
