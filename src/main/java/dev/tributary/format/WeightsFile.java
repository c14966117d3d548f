package dev.tributary.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Flat weights as bytes: float32, little-endian, nothing else. Their SHA-256 is a run's
 * fingerprint.
 */
public final class WeightsFile {
  /** Weights converted at once: 64 KiB. */
  private static final int CHUNK = 1 << 14;

  /** What receives the bytes of some weights. */
  @FunctionalInterface
  private interface Sink {
    void accept(byte[] bytes, int count) throws IOException;
  }

  private WeightsFile() {}

  /** Writes the weights. */
  public static void write(float[] weights, OutputStream out) throws IOException {
    forEachChunk(weights, (bytes, count) -> out.write(bytes, 0, count));
  }

  /**
   * Reads exactly {@code count} weights.
   *
   * @throws EOFException if there are fewer
   */
  public static float[] read(InputStream in, int count) throws IOException {
    float[] weights = new float[count];
    byte[] bytes = new byte[Math.min(CHUNK, count) * Float.BYTES];
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < count; from += CHUNK) {
      int n = Math.min(CHUNK, count - from);
      if (in.readNBytes(bytes, 0, n * Float.BYTES) < n * Float.BYTES) {
        throw new EOFException("fewer than " + count + " weights");
      }
      view.asFloatBuffer().get(weights, from, n);
    }
    return weights;
  }

  /** The SHA-256 of the weights' bytes, in hexadecimal. */
  public static String sha256(float[] weights) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      forEachChunk(weights, (bytes, count) -> digest.update(bytes, 0, count));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException("every JVM has SHA-256, and memory does not fail", e);
    }
  }

  private static void forEachChunk(float[] weights, Sink sink) throws IOException {
    byte[] bytes = new byte[Math.min(CHUNK, weights.length) * Float.BYTES];
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < weights.length; from += CHUNK) {
      int n = Math.min(CHUNK, weights.length - from);
      view.asFloatBuffer().put(weights, from, n);
      sink.accept(bytes, n * Float.BYTES);
    }
  }
}
