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
 * one can make, whose modification time says when that was last. A holder that was killed does not
 * renew; who comes then waits until the time is over, and takes it.
 *
 * <p>Clocks that differ by less than the lease's length do no harm: before the holder changes
 * anything that others see it asks {@link #check} whether the lease is still its own.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path file;
  private final long millis;
  private final String holder = UUID.randomUUID().toString();
  private @Nullable Thread renewal;

  Lease(FileSystem files, Path file, long seconds) {
    this.files = files;
    this.file = file;
    this.millis = seconds * 1000;
  }

  /** What a lease file says. */
  private record Content(String holder, long until) {}

  /**
   * Takes the lease, after the time of a holder that no longer renews it.
   *
   * @throws LeaseException if another process holds it and goes on renewing it
   */
  public Lease take() throws IOException {
    files.mkdirs(file.getParent());
    Content seen = null;
    while (true) {
      if (create()) {
        startRenewal();
        return this;
      }
      Content found = read();
      if (found == null) {
        continue;
      }
      if (System.currentTimeMillis() > found.until()) {
        remove(found);
        continue;
      }
      if (seen != null && seen.holder().equals(found.holder()) && found.until() > seen.until()) {
        throw new LeaseException(
            "another process writes to "
                + file.getParent()
                + " (it renews "
                + file.getName()
                + "); nothing was changed: run this again when it is done");
      }
      seen = found;
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
    Content content = read();
    return content != null && content.holder().equals(holder);
  }

  private byte[] text() throws IOException {
    return RunDirectory.json(Map.of("holder", holder, "millis", millis))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** What is there now; null if there is nothing. A file that is not whole yet counts as taken. */
  private @Nullable Content read() throws IOException {
    try {
      long renewed = files.getFileStatus(file).getModificationTime();
      try (InputStream in = files.open(file)) {
        JsonNode json = JSON.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        return new Content(
            json.path("holder").asText(), renewed + json.path("millis").asLong(millis));
      } catch (JsonProcessingException e) {
        return new Content("", renewed + millis);
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
    files.delete(aside, false);
    LOG.info("took over the lease {} of a process that no longer renews it ({})", file, old);
  }

  private void startRenewal() {
    Thread thread = new Thread(this::renew, "lease of " + file);
    thread.setDaemon(true);
    thread.start();
    renewal = thread;
  }

  private void renew() {
    try {
      while (true) {
        Thread.sleep(millis / 3);
        check();
        // The time alone: the file is never away, and never half written.
        files.setTimes(file, System.currentTimeMillis(), -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | LeaseException e) {
      LOG.warn("the lease {} could not be renewed: {}", file, e.getMessage());
    }
  }

  /**
   * Makes sure that the lease is still this process's own.
   *
   * @throws LeaseException if another has taken it
   */
  public void check() throws IOException {
    Content content = read();
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
    if (renewal != null) {
      renewal.interrupt();
      try {
        renewal.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Content content = read();
    if (content != null && content.holder().equals(holder)) {
      files.delete(file, false);
    }
  }
}
