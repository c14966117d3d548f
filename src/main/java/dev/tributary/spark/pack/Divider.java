package dev.tributary.spark.pack;

import dev.tributary.data.ContentHasher;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.packed.ShardPacker.Division;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * The map side: sends each sample of a partition's blocks to the run of shards it belongs to, as
 * blocks large enough to travel well and few enough to bound the memory of a task.
 */
final class Divider implements PairFlatMapFunction<Iterator<Samples>, Integer, Samples> {
  private static final long serialVersionUID = 1L;

  /** Bytes held for all runs together. */
  private static final long HELD = 16 << 20;

  private final Schema schema;
  private final Division division;
  private final int runs;
  private final Counts counts;

  /**
   * Into this division.
   *
   * @param runs of shards: a power of two up to their number
   * @param counts what is read
   */
  Divider(Schema schema, Division division, int runs, Counts counts) {
    this.schema = schema;
    this.division = division;
    this.runs = runs;
    this.counts = counts;
  }

  @Override
  public Iterator<Tuple2<Integer, Samples>> call(Iterator<Samples> blocks) {
    return new Pass(blocks);
  }

  private final class Pass implements Iterator<Tuple2<Integer, Samples>> {
    private final Iterator<Samples> blocks;
    private final ContentHasher hasher = new ContentHasher(schema);
    private final Samples[] parts = new Samples[runs];
    private final Deque<Tuple2<Integer, Samples>> ready = new ArrayDeque<>();
    private final int partition = TaskContext.getPartitionId();
    private final int labelBytes = schema.targets() > 0 ? 0 : Integer.BYTES;
    private long held;
    private long rows;
    private long bytes;
    private int mostLabel = -1;

    Pass(Iterator<Samples> blocks) {
      this.blocks = blocks;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && blocks.hasNext()) {
        divide(blocks.next());
        if (held > HELD || !blocks.hasNext()) {
          release();
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Tuple2<Integer, Samples> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void divide(Samples block) {
      for (int i = 0; i < block.count(); i++) {
        int run = block.hash(i, division.seed(), hasher).shard(runs);
        if (parts[run] == null) {
          parts[run] = new Samples(schema, 16);
        }
        parts[run].add(block, i);
        mostLabel = Math.max(mostLabel, block.label(i));
      }
      held += block.contentBytes();
      rows += block.count();
      bytes += block.contentBytes() + (long) labelBytes * block.count();
      counts.add(new Counts.Part(partition, rows, bytes, mostLabel));
    }

    private void release() {
      for (int run = 0; run < runs; run++) {
        if (parts[run] != null) {
          ready.add(new Tuple2<>(run, parts[run].trim()));
          parts[run] = null;
        }
      }
      held = 0;
    }
  }
}
