package dev.tributary.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.data.DataException;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.packed.PackedFooter;
import dev.tributary.data.packed.ShardPacker;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.prepare.Moments;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * One packed part of a data set on any Hadoop filesystem: a file for each shard, and {@code
 * packed.json}, which is written last and says what they hold.
 *
 * <p>Its first line is the CRC-32C of the others, and it is JSON as a whole; see {@link
 * PackedFooter} for the files.
 *
 * @param directory where it is
 * @param schema what a sample holds
 * @param division how samples were divided
 * @param shards each shard's, in order
 * @param vocabulary each categorical column's categories, in the order of their numbers
 * @param statistics of each column, as {@link Moments#of}; null if there are too many columns
 * @param provenance where it came from: names and values
 */
public record PackedDirectory(
    String directory,
    Schema schema,
    Division division,
    List<ShardEntry> shards,
    Map<String, List<String>> vocabulary,
    @Nullable Moments statistics,
    Map<String, String> provenance) {
  /** The description's name. */
  public static final String DESCRIPTION = "packed.json";

  private static final String FORMAT = "tributary-packed";
  private static final int VERSION = 1;

  /** Beyond this many columns, statistics are left out. */
  public static final int MOST_COLUMNS = 1 << 14;

  private static final long LONGEST_DESCRIPTION = 256 << 20;
  private static final String CHECKSUM = "{\"crc32c\": \"%08x\",\n";
  private static final int CHECKSUM_LENGTH = String.format(CHECKSUM, 0).length();

  /**
   * What a shard's file holds.
   *
   * @param count samples
   * @param bytes of the file
   * @param mostLabel the highest label; −1 if there are none
   * @param fingerprint the shard's
   */
  public record ShardEntry(int count, long bytes, int mostLabel, long fingerprint)
      implements java.io.Serializable {
    /** Of a file. */
    public static ShardEntry of(PackedFooter footer) {
      return new ShardEntry(
          footer.count(), footer.fileBytes(), footer.mostLabel(), footer.fingerprint());
    }
  }

  /** Copies what can change. */
  public PackedDirectory {
    shards = List.copyOf(shards);
  }

  /** Samples in all. */
  public long count() {
    return shards.stream().mapToLong(ShardEntry::count).sum();
  }

  /** Bytes of all shards' files. */
  public long bytes() {
    return shards.stream().mapToLong(ShardEntry::bytes).sum();
  }

  /** The highest label; −1 if there are none. */
  public int mostLabel() {
    return shards.stream().mapToInt(ShardEntry::mostLabel).max().orElse(-1);
  }

  /** The path of a shard's file. */
  public String file(int shard) {
    return directory + "/" + ShardPacker.fileName(shard);
  }

  /** Whether there is one in a directory. */
  public static boolean isAt(String directory, Configuration hadoop) {
    try {
      Path path = new Path(directory, DESCRIPTION);
      // Hadoop's filesystem for http says of every path that it is there.
      boolean isOnTheWeb = String.valueOf(path.toUri().getScheme()).startsWith("http");
      return !isOnTheWeb && path.getFileSystem(hadoop).exists(path);
    } catch (IllegalArgumentException e) {
      // No path, such as two of them, or a query.
      return false;
    } catch (IOException e) {
      throw new DataException("cannot look into " + directory + ": " + e.getMessage(), e);
    }
  }

  /** Writes the description: from now on the directory is whole. */
  public void write(Configuration hadoop) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("version", VERSION);
    json.put("shape", schema.shape().dimensions());
    json.put("features", schema.kind().name());
    json.put("targets", schema.targets());
    json.put("weighted", schema.weighted());
    json.put("seed", Long.toString(division.seed()));
    json.put("count", count());
    json.put("bytes", bytes());
    List<Map<String, Object>> files = new ArrayList<>();
    for (ShardEntry shard : shards) {
      Map<String, Object> file = new LinkedHashMap<>();
      file.put("count", shard.count());
      file.put("bytes", shard.bytes());
      file.put("most_label", shard.mostLabel());
      file.put("fingerprint", Long.toHexString(shard.fingerprint()));
      files.add(file);
    }
    json.put("shards", files);
    json.put("vocabulary", vocabulary);
    json.put("provenance", provenance);
    json.put("statistics", statistics == null ? List.of() : toList(statistics));
    byte[] text =
        RunDirectory.json(json).substring(1).stripLeading().getBytes(StandardCharsets.UTF_8);
    byte[] first = String.format(CHECKSUM, crc(text, 0)).getBytes(StandardCharsets.UTF_8);
    Path path = new Path(directory, DESCRIPTION);
    RunDirectory.replace(
        path.getFileSystem(hadoop),
        path,
        out -> {
          out.write(first);
          out.write(text);
        });
  }

  private static int crc(byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }

  /** As text, in which every number survives, infinities included. */
  private static List<Map<String, String>> toList(Moments moments) {
    List<Map<String, String>> columns = new ArrayList<>();
    for (int c = 0; c < moments.columns(); c++) {
      Map<String, String> column = new LinkedHashMap<>();
      column.put("count", Long.toString(moments.count(c)));
      column.put("mean", Double.toString(moments.mean(c)));
      column.put("squares", Double.toString(moments.squares(c)));
      column.put("least", Float.toString(moments.least(c)));
      column.put("most", Float.toString(moments.most(c)));
      columns.add(column);
    }
    return columns;
  }

  /**
   * Reads a directory's description.
   *
   * @throws DataException if there is none, or it is damaged
   */
  public static PackedDirectory read(String directory, Configuration hadoop) {
    String name = directory + "/" + DESCRIPTION;
    try {
      Path path = new Path(name);
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        throw new DataException(
            directory
                + " is no packed data, as there is no "
                + DESCRIPTION
                + " in it; make it by pack");
      }
      if (files.getFileStatus(path).getLen() > LONGEST_DESCRIPTION) {
        throw new DataException(name + " is too long to be a description; was it overwritten?");
      }
      try (InputStream in = files.open(path)) {
        return parse(directory, in.readAllBytes());
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      DataException bad = bad(name, e.getMessage());
      bad.initCause(e);
      throw bad;
    } catch (IOException e) {
      throw new DataException("cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  static PackedDirectory parse(String directory, byte[] text) throws IOException {
    String name = directory + "/" + DESCRIPTION;
    if (text.length < CHECKSUM_LENGTH
        || !Arrays.equals(
            String.format(CHECKSUM, crc(text, CHECKSUM_LENGTH)).getBytes(StandardCharsets.UTF_8),
            Arrays.copyOf(text, CHECKSUM_LENGTH))) {
      throw bad(name, "it does not match its checksum");
    }
    JsonNode json = new ObjectMapper().readTree(text);
    if (!json.path("format").asText().equals(FORMAT) || json.path("version").asInt() != VERSION) {
      throw bad(
          name,
          String.format(
              "it is %s of version %s, and this Tributary reads %s of version %d",
              json.path("format").asText("?"), json.path("version").asText("?"), FORMAT, VERSION));
    }
    List<Integer> dimensions = new ArrayList<>();
    json.path("shape").forEach(d -> dimensions.add(d.asInt()));
    Schema schema =
        new Schema(
            Shape.of(dimensions.stream().mapToInt(d -> d).toArray()),
            FeatureKind.valueOf(json.path("features").asText()),
            json.path("targets").asInt(),
            json.path("weighted").asBoolean());
    List<ShardEntry> shards = new ArrayList<>();
    for (JsonNode file : json.path("shards")) {
      shards.add(
          new ShardEntry(
              file.path("count").asInt(-1),
              file.path("bytes").asLong(-1),
              file.path("most_label").asInt(-1),
              Long.parseUnsignedLong(file.path("fingerprint").asText(), 16)));
    }
    int count = shards.size();
    if (Integer.bitCount(count) != 1
        || count > Shard.MAX_SHARDS
        || shards.stream().anyMatch(s -> s.count() < 0 || s.bytes() < 0)) {
      throw bad(name, "it tells of " + count + " shards, or of one without a count");
    }
    Map<String, List<String>> vocabulary = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : json.path("vocabulary").properties()) {
      List<String> categories = new ArrayList<>();
      column.getValue().forEach(category -> categories.add(category.asText()));
      vocabulary.put(column.getKey(), categories);
    }
    Map<String, String> provenance = new LinkedHashMap<>();
    json.path("provenance")
        .properties()
        .forEach(e -> provenance.put(e.getKey(), e.getValue().asText()));
    return new PackedDirectory(
        directory,
        schema,
        new Division(count, Long.parseLong(json.path("seed").asText())),
        shards,
        vocabulary,
        statistics(json.path("statistics")),
        provenance);
  }

  private static @Nullable Moments statistics(JsonNode columns) {
    int n = columns.size();
    if (n == 0) {
      return null;
    }
    long[] count = new long[n];
    double[] mean = new double[n];
    double[] squares = new double[n];
    float[] least = new float[n];
    float[] most = new float[n];
    for (int c = 0; c < n; c++) {
      JsonNode column = columns.get(c);
      count[c] = Long.parseLong(column.path("count").asText());
      mean[c] = Double.parseDouble(column.path("mean").asText());
      squares[c] = Double.parseDouble(column.path("squares").asText());
      least[c] = Float.parseFloat(column.path("least").asText());
      most[c] = Float.parseFloat(column.path("most").asText());
    }
    return Moments.restored(count, mean, squares, least, most);
  }

  private static DataException bad(String name, @Nullable String why) {
    return new DataException(
        name + " cannot be read: " + why + "; fetch it again, or pack the data anew");
  }
}
