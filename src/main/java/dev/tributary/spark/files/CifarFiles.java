package dev.tributary.spark.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.files.CifarReader;
import dev.tributary.data.files.Records;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** Files of CIFAR-10's binary version, one behind the other. */
final class CifarFiles implements RecordFormat {
  private static final long serialVersionUID = 1L;

  private final String pattern;
  private final int classes;
  private final ArrayList<String> files = new ArrayList<>();
  private final ArrayList<Long> counts = new ArrayList<>();
  private final boolean seekable;

  private CifarFiles(String pattern, List<FileStatus> found, int classes, Configuration hadoop)
      throws IOException {
    this.pattern = pattern;
    this.classes = classes;
    boolean known = true;
    for (FileStatus status : found) {
      String name = status.getPath().toString();
      known &= status.getLen() >= 0;
      files.add(name);
      counts.add(CifarReader.count(HadoopFiles.shown(name), length(status, hadoop)));
    }
    this.seekable = known;
  }

  /**
   * Finds files: one, a folder's {@code *.bin}, or what a glob means.
   *
   * @param classes labels must be below it
   * @throws DataException if there are none, or one is of a length that none has
   */
  static CifarFiles open(String pattern, int classes, Configuration hadoop) {
    List<FileStatus> found = new ArrayList<>();
    try {
      for (FileStatus status : HadoopFiles.glob(pattern, hadoop)) {
        for (FileStatus file : HadoopFiles.children(status, hadoop)) {
          if (file.isFile() && (status.isFile() || file.getPath().getName().endsWith(".bin"))) {
            found.add(file);
          }
        }
      }
      if (found.isEmpty()) {
        throw new DataException(
            "no file *.bin in "
                + HadoopFiles.shown(pattern)
                + "; unpack cifar-10-binary.tar.gz there, or name files, such as"
                + " DIR/data_batch_*.bin");
      }
      return new CifarFiles(pattern, found, classes, hadoop);
    } catch (IOException e) {
      throw RecordSource.unreadable(HadoopFiles.shown(pattern), e);
    }
  }

  private static long length(FileStatus status, Configuration hadoop) throws IOException {
    if (status.getLen() != HadoopFiles.UNKNOWN) {
      return status.getLen();
    }
    try (InputStream in = HadoopFiles.open(status.getPath().toString(), 0, false, hadoop)) {
      return in.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  @Override
  public Schema schema() {
    return CifarReader.SCHEMA;
  }

  @Override
  public long count() {
    return counts.stream().mapToLong(c -> c).sum();
  }

  @Override
  public String describe() {
    return HadoopFiles.shown(pattern);
  }

  @Override
  public Records open(long from, Configuration hadoop) throws IOException {
    int file = 0;
    long place = from;
    while (place >= counts.get(file)) {
      place -= counts.get(file++);
    }
    return new Chain(file, place, hadoop);
  }

  /** One file after the other. */
  private final class Chain implements Records {
    private final Configuration hadoop;
    private int file;
    private long left;
    private CifarReader reader;

    Chain(int file, long place, Configuration hadoop) throws IOException {
      this.hadoop = hadoop;
      this.file = file;
      this.left = counts.get(file) - place;
      this.reader = reader(file, place);
    }

    private CifarReader reader(int file, long place) throws IOException {
      String name = files.get(file);
      InputStream in = HadoopFiles.open(name, place * CifarReader.RECORD, seekable, hadoop);
      return new CifarReader(HadoopFiles.shown(name), in, place, classes);
    }

    @Override
    public void next(Samples samples) throws IOException, BadRowException {
      while (left == 0) {
        reader.checkEnd();
        reader.close();
        file++;
        left = counts.get(file);
        reader = reader(file, 0);
      }
      left--;
      reader.next(samples);
    }

    @Override
    public String file() {
      return reader.file();
    }

    @Override
    public void checkEnd() throws IOException {
      reader.checkEnd();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
