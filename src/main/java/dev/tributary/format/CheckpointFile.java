package dev.tributary.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.train.Snapshot;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint as bytes, plain data in one file:
 *
 * <pre>
 *   8 bytes  "TRIBCKPT"
 *   4 bytes  n, big-endian
 *   n bytes  a header in JSON: format version, job, identity, versions, numbers, names and
 * lengths of arrays
 *   the arrays one after the other, float32, little-endian
 *   32 bytes SHA-256 of all before
 * </pre>
 *
 * <p>Every length is checked against the file's before anything is read, so that a damaged file
 * costs no memory; and a file is whole if its last 32 bytes say so, whoever wrote or moved it.
 */
final class CheckpointFile {
  private static final byte[] MAGIC = "TRIBCKPT".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int DIGEST = 32;

  /** The most that a header may have: 64 MiB. */
  private static final int MAX_HEADER = 1 << 26;

  private static final ObjectMapper JSON = new ObjectMapper();

  private CheckpointFile() {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  static void write(Checkpoint checkpoint, OutputStream out) throws IOException {
    Snapshot snapshot = checkpoint.snapshot();
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("version", VERSION);
    header.put("step", snapshot.step());
    header.put("identity", checkpoint.origin().identity());
    header.put("versions", checkpoint.origin().versions());
    header.put("job", checkpoint.origin().job());
    // As text, in which every double survives, infinities included.
    Map<String, String> numbers = new LinkedHashMap<>();
    snapshot.numbers().forEach((name, value) -> numbers.put(name, value.toString()));
    header.put("numbers", numbers);
    Map<String, Integer> lengths = new LinkedHashMap<>();
    snapshot.arrays().forEach((name, values) -> lengths.put(name, values.length));
    header.put("arrays", lengths);
    byte[] json = JSON.writeValueAsBytes(header);
    DigestOutputStream digested = new DigestOutputStream(out, sha256());
    DataOutputStream data = new DataOutputStream(digested);
    data.write(MAGIC);
    data.writeInt(json.length);
    data.write(json);
    for (float[] values : snapshot.arrays().values()) {
      WeightsFile.write(values, data);
    }
    data.flush();
    out.write(digested.getMessageDigest().digest());
  }

  /**
   * Reads a file of this length.
   *
   * @throws IOException if it is not a whole checkpoint; the message says what is wrong with it
   */
  static Checkpoint read(InputStream in, long length) throws IOException {
    DigestInputStream digested = new DigestInputStream(in, sha256());
    DataInputStream data = new DataInputStream(digested);
    long least = (long) MAGIC.length + Integer.BYTES + DIGEST;
    if (length < least) {
      throw new IOException(
          String.format("it has %,d bytes, and a checkpoint at least %,d", length, least));
    }
    if (!Arrays.equals(data.readNBytes(MAGIC.length), MAGIC)) {
      throw new IOException("it does not begin as a checkpoint does");
    }
    int size = data.readInt();
    if (size < 2 || size > MAX_HEADER || size > length - least) {
      throw new IOException(
          String.format("its header is said to have %,d bytes, in a file of %,d", size, length));
    }
    JsonNode header = JSON.readTree(data.readNBytes(size));
    if (header.path("version").asInt() != VERSION) {
      throw new IOException(
          String.format(
              "it is of version %s; this Tributary reads version %d",
              header.path("version").asText("?"), VERSION));
    }
    Snapshot snapshot = new Snapshot();
    for (Map.Entry<String, JsonNode> number : header.path("numbers").properties()) {
      snapshot.put(number.getKey(), number(number.getKey(), number.getValue().asText()));
    }
    readArrays(header, length - least - size, data, snapshot);
    byte[] found = digested.getMessageDigest().digest();
    if (!Arrays.equals(found, in.readNBytes(DIGEST))) {
      throw new IOException("its content does not match its SHA-256");
    }
    if (!snapshot.numbers().containsKey("step")) {
      throw new IOException("it does not say of which step it is");
    }
    return new Checkpoint(
        snapshot,
        new Checkpoint.Origin(
            header.path("job").asText(),
            texts(header.path("identity")),
            texts(header.path("versions"))));
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static double number(String name, String text) throws IOException {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IOException("its " + name + " is not a number", e);
    }
  }

  private static void readArrays(JsonNode header, long bytes, InputStream data, Snapshot snapshot)
      throws IOException {
    List<Map.Entry<String, JsonNode>> arrays = new ArrayList<>(header.path("arrays").properties());
    long expected = 0;
    for (Map.Entry<String, JsonNode> array : arrays) {
      int length = array.getValue().asInt(-1);
      if (length < 0) {
        throw new IOException("its array " + array.getKey() + " has no length");
      }
      expected += (long) length * Float.BYTES;
    }
    if (expected != bytes) {
      throw new IOException(
          String.format("its arrays need %,d bytes, but there are %,d", expected, bytes));
    }
    for (Map.Entry<String, JsonNode> array : arrays) {
      snapshot.put(array.getKey(), WeightsFile.read(data, array.getValue().asInt()));
    }
  }
}
