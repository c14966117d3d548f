package dev.tributary.bench;

import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.Storage;
import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One operation by itself, named as {@code src/bench/python/steps.py} reads it: {@code
 * conv-32x14x14-64-k5-forward} (channels x height x width, filters, kernel; padded to keep the
 * size) or {@code affine-1024x1024-dw}.
 */
final class Kernel implements AutoCloseable {
  private static final Pattern CONVOLUTION =
      Pattern.compile("conv-(\\d+)x(\\d+)x(\\d+)-(\\d+)-k(\\d+)-(forward|dx|dw)");
  private static final Pattern AFFINE = Pattern.compile("affine-(\\d+)x(\\d+)-(forward|dx|dw)");

  private final Engine engine;
  private final Runnable work;

  private Kernel(Engine engine, Runnable work) {
    this.engine = engine;
    this.work = work;
  }

  /** The names of those that are compared. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    names.add("conv-1x28x28-32-k5-forward");
    for (String shape :
        List.of("32x14x14-64-k5", "64x32x32-64-k3", "128x16x16-128-k3", "256x8x8-256-k3")) {
      for (String operation : List.of("forward", "dx", "dw")) {
        names.add("conv-" + shape + "-" + operation);
      }
    }
    return names;
  }

  static Kernel of(String name, int n, EngineProvider provider) {
    Engine engine = provider.open();
    Matcher c = CONVOLUTION.matcher(name);
    if (c.matches()) {
      int k = Integer.parseInt(c.group(5));
      Window window = Window.of(k, 1, k / 2);
      Shape input =
          Shape.image(
              Integer.parseInt(c.group(2)),
              Integer.parseInt(c.group(3)),
              Integer.parseInt(c.group(1)));
      ConvolutionSize size =
          new ConvolutionSize(input, Integer.parseInt(c.group(4)), window, window, 1);
      return convolution(engine, size, n, c.group(6));
    }
    Matcher a = AFFINE.matcher(name);
    if (!a.matches()) {
      throw new IllegalArgumentException("no kernel " + name);
    }
    AffineSize size = new AffineSize(Integer.parseInt(a.group(1)), Integer.parseInt(a.group(2)));
    return affine(engine, size, n, a.group(3));
  }

  private static Kernel convolution(Engine e, ConvolutionSize s, int n, String operation) {
    Buffer x = random(e, n * s.input().size(), Storage.ROUNDED);
    Buffer w = random(e, s.filters() * s.patch(), Storage.FACTOR);
    Buffer y = random(e, n * s.output().size(), Storage.ROUNDED);
    Buffer dw = e.allocate(w.size());
    return switch (operation) {
      case "forward" -> new Kernel(e, () -> e.convolution(s, n, x, w, null, y));
      case "dx" -> new Kernel(e, () -> e.convolutionInputGradient(s, n, y, w, x));
      default -> new Kernel(e, () -> e.convolutionWeightGradient(s, n, x, y, dw, null));
    };
  }

  private static Kernel affine(Engine e, AffineSize s, int n, String operation) {
    Buffer x = random(e, n * s.inputs(), Storage.ROUNDED);
    Buffer w = random(e, s.inputs() * s.outputs(), Storage.FACTOR);
    Buffer y = random(e, n * s.outputs(), Storage.ROUNDED);
    Buffer dw = e.allocate(w.size());
    return switch (operation) {
      case "forward" -> new Kernel(e, () -> e.affine(s, n, x, w, null, y));
      case "dx" -> new Kernel(e, () -> e.affineInputGradient(s, n, y, w, x));
      default -> new Kernel(e, () -> e.affineWeightGradient(s, n, x, y, dw, null));
    };
  }

  private static Buffer random(Engine engine, int size, Storage storage) {
    Random random = new Random(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    Buffer buffer = engine.allocate(size, storage);
    buffer.put(values, 0, size);
    return buffer;
  }

  void run() {
    work.run();
  }

  @Override
  public void close() {
    engine.close();
  }
}
