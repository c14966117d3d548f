package dev.tributary.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to write to a store, for as long as it renews it: a small file that only
 * one can make. A holder that was killed does not renew it; who comes then watches the file for the
 * lease's length, and takes it if nothing changed.
 *
 * <p>No two machines' clocks are compared, as one of them may be wrong or be set back: a waiting
 * process measures by its own, which only goes forward, and any change of the file counts. Before
 * the holder changes anything that others see it asks {@link #check} whether the lease is still its
 * own.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path file;
  private final long millis;
  private final String holder = UUID.randomUUID().toString();
  private @Nullable Thread renewal;
  private int renewals;
  private volatile boolean isClosed;

  Lease(FileSystem files, Path file, long seconds) {
    this.files = files;
    this.file = file;
    this.millis = seconds * 1000;
  }

  /**
   * A lease file as it was found.
   *
   * @param holder whose it is; empty while it is being written
   * @param stamp when it was changed, by its filesystem's clock, and how often: compared alone
   * @param millis how long it lasts without a change
   */
  private record Content(String holder, String stamp, long millis) {}

  /**
   * Takes the lease, after the time of a holder that no longer renews it.
   *
   * @throws LeaseException if another process holds it and goes on renewing it
   */
  public Lease take() throws IOException {
    files.mkdirs(file.getParent());
    Content seen = null;
    long since = System.nanoTime();
    while (true) {
      if (create()) {
        startRenewal();
        return this;
      }
      Content found = read(file);
      if (found == null) {
        continue;
      }
      if (!found.equals(seen)) {
        if (seen != null && !found.holder().isEmpty() && found.holder().equals(seen.holder())) {
          throw new LeaseException(
              "another process writes to "
                  + file.getParent()
                  + " (it renews "
                  + file.getName()
                  + "); nothing was changed: run this again when it is done");
        }
        seen = found;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > found.millis() * 1_000_000) {
        remove(found);
        continue;
      }
      pause(Math.min(1000, millis / 4));
    }
  }

  private boolean create() throws IOException {
    try (OutputStream out = files.create(file, false)) {
      out.write(text());
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      if (files.exists(file)) {
        return false;
      }
      throw e;
    }
    // A filesystem that lets two make it lets one of them find the other's here.
    Content content = read(file);
    return content != null && content.holder().equals(holder);
  }

  private byte[] text() throws IOException {
    return RunDirectory.json(Map.of("holder", holder, "millis", millis, "renewals", renewals))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** What is there now; null if there is nothing. A file that is not whole yet counts as taken. */
  private @Nullable Content read(Path from) throws IOException {
    try {
      long changed = files.getFileStatus(from).getModificationTime();
      try (InputStream in = files.open(from)) {
        JsonNode json = JSON.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        return new Content(
            json.path("holder").asText(),
            changed + ", " + json.path("renewals"),
            json.path("millis").asLong(millis));
      } catch (JsonProcessingException e) {
        return new Content("", "" + changed, millis);
      }
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  /** Removes a lease whose time is over: renamed first, which of several only one can do. */
  private void remove(Content old) throws IOException {
    Path aside = file.suffix("." + holder);
    try {
      if (!files.rename(file, aside)) {
        return;
      }
    } catch (FileNotFoundException e) {
      return;
    }
    Content taken = read(aside);
    if (taken != null && !taken.holder().equals(old.holder())) {
      // Another was faster, and this is its own new one.
      files.rename(aside, file);
      return;
    }
    files.delete(aside, false);
    LOG.warn("took over the lease {} of a process that no longer renews it", file);
  }

  private void startRenewal() {
    Thread thread = new Thread(this::renew, "lease of " + file);
    thread.setDaemon(true);
    thread.start();
    renewal = thread;
  }

  private void renew() {
    while (!isClosed) {
      try {
        Thread.sleep(millis / 3);
        check();
        touch();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (LeaseException e) {
        LOG.warn("{}", e.getMessage());
        return;
      } catch (IOException e) {
        // The next time may go well, and check() tells before anything is changed.
        LOG.warn("the lease {} could not be renewed: {}", file, e.getMessage());
      }
    }
  }

  /** Changes the file's time alone, so that it is never away and never half written. */
  private void touch() throws IOException {
    long before = files.getFileStatus(file).getModificationTime();
    files.setTimes(file, System.currentTimeMillis(), -1);
    if (files.getFileStatus(file).getModificationTime() == before) {
      // Object stores cannot set times, but replace a file at one stroke.
      renewals++;
      try (OutputStream out = files.create(file, true)) {
        out.write(text());
      }
    }
  }

  /**
   * Makes sure that the lease is still this process's own.
   *
   * @throws LeaseException if another has taken it
   */
  public void check() throws IOException {
    Content content = read(file);
    if (content == null || !content.holder().equals(holder)) {
      throw new LeaseException(
          "another process has taken the lease "
              + file
              + " because this one did not renew it in time; nothing more was changed");
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a lease", e);
    }
  }

  /** Gives the lease back. */
  @Override
  public void close() throws IOException {
    isClosed = true;
    if (renewal != null) {
      renewal.interrupt();
      try {
        renewal.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Content content = read(file);
    if (content != null && content.holder().equals(holder)) {
      files.delete(file, false);
    }
  }
}
