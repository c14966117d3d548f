package dev.tributary.data.packed;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Sorts any number of samples by hash, then content, in bounded memory: what fills the buffer is
 * sorted and written to a file, and in the end the files are merged (an external merge sort; Knuth,
 * "The art of computer programming", volume 3, section 5.4). Samples of one schema that are equal
 * in hash and content are copies, whose order means nothing.
 */
final class SampleSorter implements Closeable {
  /** Files that are read at once. */
  private static final int WAYS = 128;

  /** For the buffers of all that are read at once. */
  private static final int READ_BYTES = 1 << 24;

  private record Run(Path file, long count) {}

  private final Path folder;
  private final SortBuffer buffer;
  private final List<Run> runs = new ArrayList<>();
  private int files;

  /**
   * An empty one.
   *
   * @param folder for its files: of its own
   * @param memoryBytes of samples held at once
   */
  SampleSorter(Schema schema, long seed, Path folder, int memoryBytes) {
    this.folder = folder;
    this.buffer = new SortBuffer(schema, seed, memoryBytes);
  }

  void add(Samples samples) throws IOException {
    for (int i = 0; i < samples.count(); i++) {
      if (!buffer.hasRoom(samples.to(i) - samples.from(i))) {
        spill();
      }
      buffer.add(samples, i);
    }
  }

  private void spill() throws IOException {
    Path file = folder.resolve("run-" + files++);
    try (SortedRun.Writer out = SortedRun.writer(file)) {
      buffer.drainTo(out);
      runs.add(new Run(file, out.count()));
    }
  }

  /** Gives all samples in order. */
  void drainTo(SortedSamples sink) throws IOException {
    if (runs.isEmpty()) {
      buffer.drainTo(sink);
      return;
    }
    if (!buffer.isEmpty()) {
      spill();
    }
    while (runs.size() > WAYS) {
      List<Run> first = new ArrayList<>(runs.subList(0, WAYS));
      runs.subList(0, WAYS).clear();
      runs.add(mergeToFile(first));
    }
    merge(runs, sink);
  }

  private Run mergeToFile(List<Run> merged) throws IOException {
    Path file = folder.resolve("run-" + files++);
    try (SortedRun.Writer out = SortedRun.writer(file)) {
      merge(merged, out);
      return new Run(file, out.count());
    }
  }

  private static void merge(List<Run> merged, SortedSamples sink) throws IOException {
    int each = Math.max(1 << 13, READ_BYTES / merged.size());
    PriorityQueue<SortedRun> queue = new PriorityQueue<>();
    List<SortedRun> open = new ArrayList<>();
    try {
      for (Run run : merged) {
        SortedRun way = SortedRun.open(run.file, run.count, each);
        open.add(way);
        queue.add(way);
      }
      for (SortedRun least = queue.poll(); least != null; least = queue.poll()) {
        least.giveTo(sink);
        if (least.advance()) {
          queue.add(least);
        }
      }
    } finally {
      for (SortedRun way : open) {
        way.close();
      }
    }
    for (Run run : merged) {
      Files.deleteIfExists(run.file);
    }
  }

  /** Deletes what is left of its files. */
  @Override
  public void close() throws IOException {
    for (Run run : runs) {
      Files.deleteIfExists(run.file);
    }
  }
}
