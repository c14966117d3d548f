package dev.tributary.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.train.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on a real HDFS of two datanodes, of which one stops in the middle of a write. */
final class CheckpointsHdfsIT {
  @TempDir private java.nio.file.Path folder;

  private static Checkpoint checkpoint(long step) {
    Snapshot snapshot = new Snapshot();
    snapshot.put("step", step);
    float[] values = new float[1_000_000];
    Random random = new Random(step);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    snapshot.put("values", values);
    return new Checkpoint(snapshot, new Checkpoint.Origin("", Map.of(), Map.of()));
  }

  @Test
  void outlivesADatanode() throws IOException {
    Configuration conf = new HdfsConfiguration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    conf.set("dfs.replication", "2");
    try (MiniDFSCluster hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(2).build()) {
      Path place = new Path("/checkpoints");
      FileSystem files = hdfs.getFileSystem();
      new Checkpoints(files, place).write(checkpoint(1), false, 2);
      Stopping stopping = new Stopping(files, hdfs);
      new Checkpoints(stopping, place).write(checkpoint(2), false, 2);
      assertThat(stopping.isStopped).isTrue();
      new Checkpoints(files, place).write(checkpoint(3), false, 2);
      Checkpoint newest = new Checkpoints(files, place).newest(d -> {}).orElseThrow();
      assertThat(newest.snapshot().step()).isEqualTo(3);
      assertThat(newest.snapshot().arrays().get("values"))
          .isEqualTo(checkpoint(3).snapshot().arrays().get("values"));
      files.delete(new Path(place, "step-000000000003.ckpt"), false);
      assertThat(new Checkpoints(files, place).newest(d -> {}).orElseThrow().snapshot().step())
          .as("that during which the datanode stopped")
          .isEqualTo(2);
    }
  }

  /** Stops a datanode when the first million bytes of a file are written. */
  private static final class Stopping extends FilterFileSystem {
    private final MiniDFSCluster hdfs;
    private boolean isStopped;

    Stopping(FileSystem files, MiniDFSCluster hdfs) {
      super(files);
      this.hdfs = hdfs;
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      FSDataOutputStream out =
          super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(
          new OutputStream() {
            private long written;

            @Override
            public void write(int b) throws IOException {
              write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
              out.write(bytes, from, count);
              written += count;
              if (written > 1_000_000 && !isStopped) {
                out.hflush();
                isStopped = hdfs.stopDataNode(0) != null;
              }
            }

            @Override
            public void close() throws IOException {
              out.hsync();
              out.close();
            }
          },
          null);
    }
  }
}
