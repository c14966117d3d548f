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
 * The right of one process to write to a store or a run's directory, for as long as it renews it: a
 * small file that only one can make, and that names its owner. A holder that was killed does not
 * renew it; who comes then watches the file for the lease's length, and takes it if nothing
 * changed, or at once if the owner is known to be gone from this very machine.
 *
 * <p>No two machines' clocks are compared, as one of them may be wrong or be set back: a waiting
 * process measures by its own, which only goes forward, and any change of the file counts. Before
 * the holder changes anything that others see it asks {@link #check} whether the lease is still its
 * own. So it is too where a filesystem lets two make the file at the same time (object stores): the
 * second's is what stays, and the first finds it so, at the latest when it renews.
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
  private int renewals;
  private volatile boolean isClosed;

  Lease(FileSystem files, Path file, long seconds) {
    this.files = files;
    this.file = file;
    this.millis = seconds * 1000;
  }

  /** Between making a lease and believing in it: time for one that was making it too. */
  private static final long SETTLING_MILLIS = 50;

  /**
   * A lease file as it was found.
   *
   * @param holder whose it is; empty while it is being written
   * @param stamp when it was changed, by its filesystem's clock, and how often: compared alone
   * @param millis how long it lasts without a change
   * @param changed when it was changed, by its filesystem's clock, in ms
   * @param owner which process that is
   */
  private record Content(String holder, String stamp, long millis, long changed, LeaseOwner owner) {
    /** Whether its owner is on this machine, whose clock set its time, and renews it. */
    boolean isRenewedHere() {
      return owner.isThere() && System.currentTimeMillis() - changed < millis;
    }
  }

  /**
   * Takes the lease, after the time of a holder that no longer renews it.
   *
   * @throws LeaseException if another process holds it and goes on renewing it; the message names
   *     that process
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
      if (found.owner().isGone()) {
        remove(found);
        continue;
      }
      if (found.isRenewedHere()) {
        throw held(found);
      }
      if (!found.equals(seen)) {
        if (seen != null && !found.holder().isEmpty() && found.holder().equals(seen.holder())) {
          throw held(found);
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

  /** This process, as others are told of it. */
  public String owner() {
    return LeaseOwner.here().words();
  }

  /** Whose it is, in words; null if it is nobody's, or was of a process known to be gone. */
  @Nullable String writer() throws IOException {
    Content found = read(file);
    return found == null || found.owner().isGone() ? null : found.owner().words();
  }

  private LeaseException held(Content found) {
    return new LeaseException(
        "another process writes to "
            + file.getParent()
            + ": "
            + found.owner().words()
            + " (it renews "
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
    return isOwn(read(file));
  }

  private boolean isOwn(@Nullable Content content) {
    return content != null && content.holder().equals(holder);
  }

  private byte[] text() throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("holder", holder);
    content.put("millis", millis);
    content.put("renewals", renewals);
    content.put("owner", LeaseOwner.here().json());
    return RunDirectory.json(content).getBytes(StandardCharsets.UTF_8);
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
            json.path("millis").asLong(millis),
            changed,
            LeaseOwner.of(json.path("owner")));
      } catch (JsonProcessingException e) {
        return new Content(
            "", "" + changed, millis, changed, LeaseOwner.of(JSON.createObjectNode()));
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
    LOG.warn(
        "took over the lease {} of a process that no longer renews it: {}",
        file,
        old.owner().words());
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
    LeaseException before = lost;
    if (before != null) {
      throw before;
    }
    Content content = read(file);
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
    isClosed = true;
    if (renewal != null) {
      renewal.interrupt();
      try {
        renewal.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (isOwn(read(file))) {
      files.delete(file, false);
    }
  }
}
