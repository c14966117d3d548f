package dev.tributary.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** Damaged files, each a function of its number. */
public final class Mutations {
  private static final List<String> NUMBERS =
      List.of("-1", "0", "1", "65536", "2147483647", "4294967296", "9e18", "1e308", "NaN", "null");

  private Mutations() {}

  /** One mutation, or a few: bits, bytes, numbers, pieces left out, doubled or cut off. */
  public static byte[] mutate(byte[] whole, long seed, boolean isText) {
    Random random = new Random(seed);
    byte[] bytes = whole.clone();
    for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 0; times--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
      bytes =
          switch (random.nextInt(isText ? 8 : 6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> joined(bytes, 0, at, bytes, to, bytes.length);
            case 2 -> joined(bytes, 0, to, bytes, at, bytes.length);
            case 3 -> {
              bytes[at] = (byte) random.nextInt(256);
              yield bytes;
            }
            case 4 -> {
              Arrays.fill(
                  bytes, at, Math.min(to, at + 4), (byte) (random.nextBoolean() ? 0xFF : 0));
              yield bytes;
            }
            case 5 -> {
              bytes[at] ^= (byte) (1 << random.nextInt(8));
              yield bytes;
            }
            case 6 -> number(bytes, random);
            default -> {
              byte[] opened = "[{(\"".substring(random.nextInt(3)).repeat(300).getBytes(UTF_8);
              byte[] more = joined(bytes, 0, at, opened, 0, opened.length);
              yield joined(more, 0, more.length, bytes, at, bytes.length);
            }
          };
    }
    return bytes;
  }

  private static byte[] joined(byte[] a, int from, int to, byte[] b, int start, int end) {
    byte[] all = Arrays.copyOf(Arrays.copyOfRange(a, from, to), to - from + end - start);
    System.arraycopy(b, start, all, to - from, end - start);
    return all;
  }

  /** Another number in the place of one. */
  private static byte[] number(byte[] bytes, Random random) {
    String text = new String(bytes, ISO_8859_1);
    List<int[]> places =
        Pattern.compile("[0-9.]+")
            .matcher(text)
            .results()
            .map(m -> new int[] {m.start(), m.end()})
            .toList();
    if (places.isEmpty()) {
      return bytes;
    }
    int[] place = places.get(random.nextInt(places.size()));
    String other = NUMBERS.get(random.nextInt(NUMBERS.size()));
    return (text.substring(0, place[0]) + other + text.substring(place[1])).getBytes(ISO_8859_1);
  }
}
