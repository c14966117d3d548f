package dev.tributary.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which process holds a lease, in words for people, and so that another process on the same machine
 * can tell whether it is still there.
 *
 * @param user who started it
 * @param host its machine's name
 * @param pid its number there
 * @param started when, as an ISO 8601 instant
 * @param machine what no two machines, and no two boots of one, have in common, and no two
 *     containers that number processes apart; empty where that is not known
 */
record LeaseOwner(String user, String host, long pid, String started, String machine) {
  /** This process. */
  static LeaseOwner here() {
    ProcessHandle self = ProcessHandle.current();
    return new LeaseOwner(
        System.getProperty("user.name", "?"),
        hostName(),
        self.pid(),
        self.info().startInstant().map(Instant::toString).orElse(""),
        machineId());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown host";
    }
  }

  /** Linux tells; elsewhere a lease is waited for until its time is over. */
  private static String machineId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  /** As a lease file has it. */
  static LeaseOwner of(JsonNode json) {
    return new LeaseOwner(
        json.path("user").asText("?"),
        json.path("host").asText("?"),
        json.path("pid").asLong(),
        json.path("started").asText(""),
        json.path("machine").asText(""));
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("user", user);
    json.put("host", host);
    json.put("pid", pid);
    json.put("started", started);
    json.put("machine", machine);
    return json;
  }

  /** Whether it is known to have ended: it was on this machine, and is no more. */
  boolean isGone() {
    if (machine.isEmpty() || started.isEmpty() || !machine.equals(machineId())) {
      return false;
    }
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .map(start -> !start.toString().equals(started))
        .orElse(true);
  }

  /** Whether it is known to go on: it is on this machine. */
  boolean isThere() {
    return !machine.isEmpty() && machine.equals(machineId()) && !isGone();
  }

  /** For messages. */
  String words() {
    return String.format("%s@%s, process %d, started %s", user, host, pid, started);
  }
}
