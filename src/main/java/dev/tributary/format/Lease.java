package dev.tributary.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to write to a store or a run directory, for as long as it renews it: a
 * small file that only one can make, which names its owner, and whose modification time says when
 * it was last renewed. A holder that was killed does not renew; who comes then waits until the time
 * is over, or sees that the process is gone from this machine, and takes it.
 *
 * <p>Clocks that differ by less than the lease's length do no harm: before the holder changes
 * anything that others see it asks {@link #check} whether the lease is still its own. So it is too
 * where a filesystem lets two make the file at the same time (object stores): the second's is what
 * stays, and the first finds it so, at the latest when it renews.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path file;
  private final long millis;
  private final String holder = UUID.randomUUID().toString();
  private @Nullable Thread renewal;
  private volatile @Nullable LeaseException lost;

  Lease(FileSystem files, Path file, long seconds) {
    this.files = files;
    this.file = file;
    this.millis = seconds * 1000;
  }

  /** Between making a lease and believing in it: time for one that was making it too. */
  private static final long SETTLING_MILLIS = 50;

  /** What a lease file says. */
  private record Content(String holder, long until, LeaseOwner owner) {}

  /**
   * Takes the lease, after the time of a holder that no longer renews it.
   *
   * @throws LeaseException if another process holds it and goes on renewing it; the message names
   *     that process
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
      if (System.currentTimeMillis() > found.until() || found.owner().isGone()) {
        remove(found);
        continue;
      }
      boolean isRenewed =
          seen != null && seen.holder().equals(found.holder()) && found.until() > seen.until();
      if (isRenewed || found.owner().isThere()) {
        throw held(found);
      }
      seen = found;
      pause(Math.min(1000, millis / 4));
    }
  }

  /**
   * Looks whether another process holds it; takes nothing, and waits for nothing.
   *
   * @throws LeaseException if one does, or may
   */
  void checkFree() throws IOException {
    Content found = read();
    if (found != null && System.currentTimeMillis() <= found.until() && !found.owner().isGone()) {
      throw held(found);
    }
  }

  private LeaseException held(Content found) {
    return new LeaseException(
        "another process writes to "
            + file.getParent()
            + ": "
            + found.owner().words()
            + " (it renews the file "
            + file.getName()
            + "); nothing was changed: run this again when it is done");
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
    pause(SETTLING_MILLIS);
    return isOwn(read());
  }

  private byte[] text() throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("holder", holder);
    content.put("millis", millis);
    content.put("owner", LeaseOwner.here().json());
    return RunDirectory.json(content).getBytes(StandardCharsets.UTF_8);
  }

  private boolean isOwn(@Nullable Content content) {
    return content != null && content.holder().equals(holder);
  }

  private @Nullable Content read() throws IOException {
    return read(file);
  }

  /** What is there now; null if there is nothing. A file that is not whole yet counts as taken. */
  private @Nullable Content read(Path path) throws IOException {
    try {
      long renewed = files.getFileStatus(path).getModificationTime();
      try (InputStream in = files.open(path)) {
        JsonNode json = JSON.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        return new Content(
            json.path("holder").asText(),
            renewed + json.path("millis").asLong(millis),
            LeaseOwner.of(json.path("owner")));
      } catch (JsonProcessingException e) {
        return new Content("", renewed + millis, LeaseOwner.of(JSON.createObjectNode()));
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
      // Another heir was faster, and this is its own lease: it goes back.
      if (!files.rename(aside, file)) {
        files.delete(aside, false);
      }
      return;
    }
    files.delete(aside, false);
    LOG.info("took over the lease {} of a process that is gone ({})", file, old.owner().words());
  }

  private void startRenewal() {
    Thread thread = new Thread(this::renew, "lease of " + file);
    thread.setDaemon(true);
    thread.start();
    renewal = thread;
  }

  private void renew() {
    try {
      while (lost == null) {
        Thread.sleep(millis / 3);
        try {
          check();
          renewOnce();
        } catch (IOException e) {
          LOG.warn(
              "the lease {} could not be renewed, it is tried again: {}", file, e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (LeaseException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  private void renewOnce() throws IOException {
    long before = files.getFileStatus(file).getModificationTime();
    long now = System.currentTimeMillis();
    // The time alone: the file is never away, and never half written.
    files.setTimes(file, now, -1);
    if (files.getFileStatus(file).getModificationTime() == before && now - before > 1000) {
      // Object stores keep their own times: there a file is replaced whole.
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
    LeaseException before = lost;
    if (before != null) {
      throw before;
    }
    Content content = read();
    if (!isOwn(content)) {
      LeaseException now =
          new LeaseException(
              "another process has taken the lease "
                  + file
                  + (content == null ? "" : " (" + content.owner().words() + ")")
                  + " because this one did not renew it in time; nothing more was changed");
      lost = now;
      throw now;
    }
  }

  /** What {@link #check} found when last asked, by whomever; null while all is well. */
  public @Nullable LeaseException lost() {
    return lost;
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
    if (isOwn(read())) {
      files.delete(file, false);
    }
  }
}
