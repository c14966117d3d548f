package dev.tributary.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Processes of PyTorch DDP, one thread each, joined by gloo over loopback. */
final class PyTorchDdp implements AutoCloseable {
  private static final int WARM_UP_STEPS = 3;

  private final List<PyTorch> processes = new ArrayList<>();
  private final String version;

  /**
   * One way to train with it.
   *
   * @param name the network
   * @param batch samples of a step, of all processes together
   * @param precision {@code f32}, or {@code bf16} by autocast
   * @param layout of images: {@code nchw} or {@code nhwc}
   * @param update {@code plain} or {@code fused}
   */
  record Way(String name, int batch, String precision, String layout, String update) {
    @Override
    public String toString() {
      return layout + ", " + update;
    }
  }

  PyTorchDdp(String python, Path script, int size) throws IOException {
    int port = freePort();
    for (int rank = 0; rank < size; rank++) {
      processes.add(new PyTorch(python, script, rank + "", size + "", port + ""));
    }
    String said = "";
    for (PyTorch process : processes) {
      said = process.version();
    }
    version = said;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String version() {
    return version;
  }

  /** Samples a second over about so many seconds. */
  double measure(Way way, double seconds) throws IOException {
    double warm = run(way, WARM_UP_STEPS) / WARM_UP_STEPS;
    int steps = (int) Math.max(WARM_UP_STEPS, Math.ceil(seconds / warm));
    return (double) steps * way.batch() / run(way, steps);
  }

  /** Seconds of the process that took longest. */
  private double run(Way way, int steps) throws IOException {
    for (PyTorch process : processes) {
      process.ask(
          String.format(
              Locale.ROOT,
              "%s %d %s %s %s %d",
              way.name(),
              way.batch(),
              way.precision(),
              way.layout(),
              way.update(),
              steps));
    }
    double longest = 0;
    for (PyTorch process : processes) {
      longest = Math.max(longest, Double.parseDouble(process.answer()));
    }
    return longest;
  }

  @Override
  public void close() throws IOException {
    for (PyTorch process : processes) {
      process.close();
    }
  }
}
