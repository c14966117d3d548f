package dev.tributary.spark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.job.Job;
import dev.tributary.spark.Arrivals.Arrival;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Which files have arrived since the last retrain, by its watermark: the greatest name it used, the
 * time of the newest file, and the files near that time, as some that are older may come later.
 */
public final class ArrivedFiles {
  private final Job job;
  private final Job.Arriving how;
  private final boolean byTime;
  private final @Nullable JsonNode mark;

  private ArrivedFiles(Job job, @Nullable JsonNode mark) {
    this.job = job;
    this.how = job.retraining().arriving();
    this.byTime = how.by() == Job.NewBy.TIME;
    this.mark = mark;
  }

  /**
   * Looks at the folder.
   *
   * @param mark the last retrain's watermark; null before the first
   * @param now in ms since 1970, for what is too young to be whole
   */
  public static NewData find(Job job, @Nullable JsonNode mark, long now, Configuration hadoop) {
    return new ArrivedFiles(job, mark).find(now, hadoop);
  }

  private NewData find(long now, Configuration hadoop) {
    Arrivals arrivals = Arrivals.in(String.valueOf(how.data()), hadoop);
    boolean rows = job.data().table() != null;
    List<Arrival> all =
        new ArrayList<>(!rows ? arrivals.pairs() : byTime ? arrivals.files() : arrivals.folders());
    if (byTime) {
      all.sort(Comparator.comparingLong(Arrival::modified).thenComparing(Arrival::name));
    }
    List<Arrival> fresh = settled(all.stream().filter(this::isNew).toList(), now);
    List<Arrival> before = all.stream().filter(a -> !isNew(a)).toList();
    int window = job.retraining().window();
    List<Arrival> old = before.subList(Math.max(0, before.size() - window), before.size());
    return new NewData(
        fresh.isEmpty() ? "" : fresh.get(fresh.size() - 1).name(),
        names(fresh),
        names(old),
        names(before.stream().filter(this::isLate).toList()),
        watermark(fresh),
        part(fresh, rows),
        part(old, rows));
  }

  private boolean isNew(Arrival arrival) {
    if (mark == null) {
      return true;
    }
    if (!byTime) {
      return arrival.name().compareTo(mark.path("name").asText()) > 0;
    }
    JsonNode used = mark.path("used").path(arrival.name());
    return used.isNumber()
        ? arrival.modified() > used.asLong()
        : arrival.modified() > mark.path("late_from").asLong(mark.path("time").asLong());
  }

  /** By name: a name that comes before the last one used, of files newer than those. */
  private boolean isLate(Arrival arrival) {
    return mark != null && !byTime && arrival.modified() > mark.path("time").asLong();
  }

  /** Up to the first that is still being written, as what is used must not come before it. */
  private List<Arrival> settled(List<Arrival> fresh, long now) {
    long since = now - how.settleSeconds() * 1000L;
    int whole = 0;
    while (whole < fresh.size()
        && (how.settleSeconds() == 0 || fresh.get(whole).modified() <= since)) {
      whole++;
    }
    return fresh.subList(0, whole);
  }

  private Map<String, Object> watermark(List<Arrival> fresh) {
    long time = mark == null ? 0 : mark.path("time").asLong();
    String name = mark == null ? "" : mark.path("name").asText();
    for (Arrival arrival : fresh) {
      time = Math.max(time, arrival.modified());
      name = name.compareTo(arrival.name()) < 0 ? arrival.name() : name;
    }
    Map<String, Object> next = new LinkedHashMap<>();
    next.put("name", name);
    next.put("time", time);
    if (byTime) {
      long from = time - how.lateMinutes() * 60_000L;
      Map<String, Long> used = new TreeMap<>();
      if (mark != null) {
        mark.path("used").properties().forEach(u -> used.put(u.getKey(), u.getValue().asLong()));
      }
      fresh.forEach(arrival -> used.put(arrival.name(), arrival.modified()));
      used.values().removeIf(modified -> modified <= from);
      next.put("late_from", from);
      next.put("used", used);
    }
    return next;
  }

  private static List<String> names(List<Arrival> arrivals) {
    return arrivals.stream().map(Arrival::name).toList();
  }

  private static NewData.@Nullable Part part(List<Arrival> arrivals, boolean rows) {
    if (arrivals.isEmpty()) {
      return null;
    }
    List<String> places = arrivals.stream().map(Arrival::location).toList();
    return rows
        ? new NewData.Part(List.of(), glob(places), null)
        : new NewData.Part(places, null, null);
  }

  /** All of them as one of Hadoop's globs, so that they are read as one table. */
  private static String glob(List<String> places) {
    if (places.size() == 1) {
      return quoted(places.get(0));
    }
    int root = common(places);
    return quoted(places.get(0).substring(0, root))
        + places.stream()
            .map(place -> quoted(place.substring(root)))
            .collect(Collectors.joining(",", "{", "}"));
  }

  /** The length of what all begin with, up to a slash. */
  private static int common(List<String> places) {
    String first = places.get(0);
    int length = first.lastIndexOf('/') + 1;
    for (String place : places) {
      while (!place.startsWith(first.substring(0, length))) {
        length = first.lastIndexOf('/', length - 2) + 1;
      }
    }
    return length;
  }

  private static String quoted(String path) {
    return path.replaceAll("[\\\\{}\\[\\]*?,]", "\\\\$0");
  }
}
