package dev.tributary.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A trained model on disk: {@code model.json} (format version, the network as a job file says it,
 * the loss, the preparation of features as it was fitted, provenance, and the weights' SHA-256) and
 * {@code weights.bin} ({@link WeightsFile}). Plain data, checked when it is read.
 */
public final class ModelDirectory {
  /** A model's directory within a run's. */
  public static final String NAME = "model";

  private static final String FORMAT = "tributary-model";

  /** Version 1 had no preparation. */
  private static final int VERSION = 2;

  private static final long LONGEST_DESCRIPTION = 16 << 20;
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.bin";

  private final String network;
  private final String loss;
  private final String preparation;
  private final float[] weights;
  private final Map<String, ?> provenance;
  private final Map<String, List<String>> vocabulary;

  /**
   * A model to be saved, or as it was read.
   *
   * @param network the network section of a job file, as JSON
   * @param loss the loss section of a job file, as JSON
   * @param preparation the fitted preparation, as a job file's list, as JSON
   * @param weights the flat weights, and state behind them
   * @param provenance where it came from: names and values, kept as they are
   */
  public ModelDirectory(
      String network, String loss, String preparation, float[] weights, Map<String, ?> provenance) {
    this(network, loss, preparation, weights, provenance, Map.of());
  }

  /**
   * The same with categorical columns.
   *
   * @param vocabulary each column's categories, in the order of their numbers
   */
  public ModelDirectory(
      String network,
      String loss,
      String preparation,
      float[] weights,
      Map<String, ?> provenance,
      Map<String, List<String>> vocabulary) {
    this.vocabulary = vocabulary;
    this.network = network;
    this.loss = loss;
    this.preparation = preparation;
    this.weights = weights;
    this.provenance = provenance;
  }

  /** The network section of a job file, as JSON. */
  public String network() {
    return network;
  }

  /** The loss section of a job file, as JSON. */
  public String loss() {
    return loss;
  }

  /** The preparation of features as it was fitted, a job file's list, as JSON. */
  public String preparation() {
    return preparation;
  }

  /** The flat weights; this model's own memory. */
  public float[] weights() {
    return weights;
  }

  /** Where it came from: names and values; JSON nodes where it was read. */
  public Map<String, ?> provenance() {
    return provenance;
  }

  /** Each categorical column's categories, in the order of their numbers. */
  public Map<String, List<String>> vocabulary() {
    return vocabulary;
  }

  void write(FileSystem files, Path directory) throws IOException {
    files.mkdirs(directory);
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("format", FORMAT);
    description.put("version", VERSION);
    description.put("network", new ObjectMapper().readTree(network));
    description.put("loss", new ObjectMapper().readTree(loss));
    description.put("preparation", new ObjectMapper().readTree(preparation));
    description.put("values", weights.length);
    description.put("weights_sha256", WeightsFile.sha256(weights));
    if (!vocabulary.isEmpty()) {
      description.put("vocabulary", vocabulary);
    }
    description.put("provenance", provenance);
    RunDirectory.replace(
        files, new Path(directory, WEIGHTS), out -> WeightsFile.write(weights, out));
    // Last: a directory with a description is whole.
    byte[] json = RunDirectory.json(description).getBytes(StandardCharsets.UTF_8);
    RunDirectory.replace(files, new Path(directory, DESCRIPTION), out -> out.write(json));
  }

  /**
   * Reads the model of a run directory, or a model directory itself.
   *
   * @throws ModelException if there is none, or it is damaged
   */
  public static ModelDirectory read(String directory, Configuration hadoop) {
    try {
      return read(new Path(directory).getFileSystem(hadoop), directory);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(directory, e);
    }
  }

  static ModelDirectory read(FileSystem files, String directory) {
    try {
      Path path = new Path(directory);
      Path inRun = new Path(path, NAME);
      Path model = files.exists(new Path(inRun, DESCRIPTION)) ? inRun : path;
      if (!files.exists(new Path(model, DESCRIPTION))) {
        throw new FileNotFoundException("no " + DESCRIPTION + " in it or in its " + NAME + "/");
      }
      return read(files, model);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(directory, e);
    }
  }

  private static ModelException unreadable(String directory, Exception e) {
    return new ModelException(
        String.format(
            "%s is not a run or model directory that can be read: %s", directory, e.getMessage()),
        e);
  }

  private static ModelDirectory read(FileSystem files, Path model) throws IOException {
    JsonNode json = description(files, new Path(model, DESCRIPTION));
    int count = json.path("values").asInt(-1);
    Path weightsPath = new Path(model, WEIGHTS);
    long expected = (long) count * Float.BYTES;
    long length = files.getFileStatus(weightsPath).getLen();
    if (length != expected) {
      throw new IOException(
          String.format(
              "%s has %,d bytes, but %,d values need %,d", WEIGHTS, length, count, expected));
    }
    float[] weights;
    try (InputStream in = files.open(weightsPath)) {
      weights = WeightsFile.read(in, count);
    } catch (EOFException e) {
      throw new IOException(WEIGHTS + " was cut short while it was read", e);
    }
    if (!WeightsFile.sha256(weights).equals(json.path("weights_sha256").asText())) {
      throw new IOException(WEIGHTS + " does not match its SHA-256: the file is damaged");
    }
    Map<String, Object> provenance = new LinkedHashMap<>();
    json.path("provenance").properties().forEach(p -> provenance.put(p.getKey(), p.getValue()));
    Map<String, List<String>> vocabulary = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : json.path("vocabulary").properties()) {
      List<String> categories = new ArrayList<>();
      column.getValue().forEach(category -> categories.add(category.asText()));
      vocabulary.put(column.getKey(), categories);
    }
    return new ModelDirectory(
        json.path("network").toString(),
        json.path("loss").toString(),
        json.has("preparation") ? json.path("preparation").toString() : "[]",
        weights,
        provenance,
        vocabulary);
  }

  private static JsonNode description(FileSystem files, Path path) throws IOException {
    JsonNode json;
    long length = files.getFileStatus(path).getLen();
    if (length > LONGEST_DESCRIPTION) {
      throw new IOException(
          String.format(
              "%s has %,d bytes, more than the %,d that one may have",
              DESCRIPTION, length, LONGEST_DESCRIPTION));
    }
    try (InputStream in = files.open(path)) {
      json = new ObjectMapper().readTree(in);
    } catch (JsonProcessingException e) {
      throw new IOException(DESCRIPTION + " is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!FORMAT.equals(json.path("format").asText())) {
      throw new IOException(DESCRIPTION + " does not say \"format\": \"" + FORMAT + "\"");
    }
    int version = json.path("version").asInt();
    if (version < 1 || version > VERSION) {
      throw new IOException(
          String.format(
              "%s is of version %d; this Tributary reads versions 1 to %d",
              DESCRIPTION, version, VERSION));
    }
    return json;
  }
}
