package dev.tributary.spark.slices;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;

/** Sends messages one behind the other, with so many bytes on their way at most. */
final class Sender {
  private static final long WINDOW = 64L << 20;

  private record Sent(Future<BoxedUnit> future, Seat to, int bytes) {}

  private final Peer peer;
  private final long run;
  private final Deque<Sent> onTheirWay = new ArrayDeque<>();
  private long bytes;

  Sender(Peer peer, long run) {
    this.peer = peer;
    this.run = run;
  }

  /**
   * Sends a message, perhaps waiting for earlier ones.
   *
   * @throws IOException if an earlier one failed
   */
  void send(Seat to, ByteBuffer message) throws IOException {
    int size = message.remaining();
    while (bytes > 0 && bytes + size > WINDOW) {
      awaitFirst();
    }
    onTheirWay.add(new Sent(peer.send(to, run, message), to, size));
    bytes += size;
  }

  /** Waits for all. */
  void await() throws IOException {
    while (!onTheirWay.isEmpty()) {
      awaitFirst();
    }
  }

  private void awaitFirst() throws IOException {
    Sent first = onTheirWay.remove();
    bytes -= first.bytes();
    try {
      Peer.await(first.future());
    } catch (IOException e) {
      throw new IOException("cannot send to " + first.to() + ": " + e.getMessage(), e);
    }
  }
}
