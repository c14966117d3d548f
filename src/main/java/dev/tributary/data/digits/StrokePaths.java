package dev.tributary.data.digits;

import dev.tributary.random.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How people write the ten digits, as a table. */
final class StrokePaths {
  /**
   * Each line a way to write a digit: the digit, how common the way is among those of the digit,
   * and its points in the notation of {@link Glyph}.
   */
  private static final String TABLE =
      """
      # 0: round, narrow, curled where it closes, slashed
      0 6 54,2 36,8 24,26 20,50 26,76 42,97 60,96 74,78 79,52 74,24 62,6 48,1
      0 3 52,2 40,12 34,34 34,62 40,88 52,98 62,86 67,60 66,32 60,10 49,2
      0 2 40,12 28,30 23,56 32,86 50,98 68,88 77,60 74,28 60,7 44,5 40,16 52,20
      0 1 54,2 36,8 24,26 20,50 26,76 42,97 60,96 74,78 79,52 74,24 62,6 48,1 / 76,8 26,92
      # 1: a bar, with a flag, with flag and foot, with a foot
      1 6 52,0 51,34 50,68 49,100
      1 5 38,25 47,14 55,0! 54,34 53,68 52,100
      1 3 38,24 47,13 54,0! 53,34 52,68 52,98 / 32,99 52,99 74,98
      1 1 52,0 52,50 52,98 / 36,99 70,98
      # 2: a straight foot, a loop before it, a wavy foot, angular
      2 6 24,25 34,8 52,2 70,10 75,29 64,52 42,76 21,97! 50,96 82,96
      2 4 24,24 37,6 56,3 72,14 72,34 56,60 36,86 22,92 21,81 34,78 54,92 68,97 84,90
      2 2 25,18 44,3 66,8 73,28 60,54 40,78 24,96! 42,88 62,96 82,88
      2 2 26,8 48,4 74,8! 58,36 38,70 20,96! 50,96 80,95
      # 3: a cusp in the middle, a loop there, a flat top
      3 6 24,16 40,3 60,4 72,18 66,36 46,47! 66,51 78,67 72,88 52,98 34,95 21,83
      3 3 24,14 42,2 64,6 72,22 62,38 46,45 40,50 48,52 68,56 77,72 68,91 46,98 24,88
      3 2 22,5 48,4 74,4! 60,24 46,42! 66,48 78,66 72,87 52,98 34,95 21,84
      # 4: open, open and round, closed, closed in one stroke
      4 5 36,2 28,30 20,58! 50,58 84,56 / 68,26 65,62 62,100
      4 3 34,4 30,26 30,46 40,54 58,50 70,38 / 74,4 70,36 66,70 63,100
      4 4 62,2 40,32 16,66! 50,67 86,66 / 62,2 61,50 60,100
      4 2 84,62 50,64 18,64! 42,32 66,2! 64,50 62,100
      # 5: the hat last, the hat first in one stroke, with one corner alone
      5 5 34,6 31,24 28,43! 46,37 66,43 77,62 71,84 52,98 34,95 20,84 / 34,6 56,5 80,3
      5 4 78,4 56,5 35,6! 31,24 28,43! 46,37 66,43 77,62 71,84 52,98 34,95 20,84
      5 1 76,6 56,3 37,8! 30,26 34,40 54,46 70,58 74,76 62,93 42,98 22,90
      # 6: curved, straight, hooked
      6 6 68,3 48,16 32,40 24,66 31,90 50,98 69,88 75,70 64,55 46,55 31,68 26,78
      6 3 56,0 42,26 30,52 25,76 38,96 58,97 72,82 70,63 54,54 38,62 28,78
      6 2 70,10 56,2 38,12 26,40 24,70 36,95 58,97 74,80 70,60 52,52 34,62 26,76
      # 7: plain, with a serif, with a bar, with a wavy top
      7 6 20,9 50,8 80,5! 66,36 53,68 45,100
      7 3 21,24 22,8! 52,8 80,5! 66,36 53,68 45,100
      7 4 20,9 50,8 80,5! 66,36 53,68 45,100 / 34,54 54,52 76,49
      7 2 18,16 34,6 54,11 79,5! 62,40 52,70 50,100
      # 8: in one curve from the top, from the middle, as two rings, open at the top
      8 5 71,15 54,2 35,8 29,24 40,40 60,54 75,70 70,89 50,98 30,90 26,72 40,54 60,40 71,24 66,8
      8 3 50,46 33,36 30,17 48,3 66,12 68,32 50,46 30,57 24,76 33,94 52,98 70,90 76,73 66,55 48,46
      8 2 50,2 34,10 32,32 50,45 67,32 65,10 49,2 / 50,46 30,56 25,78 50,98 75,80 70,57 50,46
      8 1 76,8 56,2 36,8 30,24 42,42 64,58 74,74 66,92 46,98 28,86 32,66 52,48 68,34 79,16
      # 9: straight, curved, leaning, in one curve
      9 5 73,18 58,3 38,7 26,25 34,44 52,49 68,37 74,16! 73,44 70,72 64,100
      9 3 73,18 58,3 38,7 26,25 34,44 52,49 68,37 74,16! 76,50 71,78 54,97 30,92
      9 2 70,10 50,2 32,12 27,32 40,46 58,40 70,22 72,8! 66,40 58,72 50,100
      9 1 62,44 40,48 26,32 30,12 50,2 70,12 76,36 72,64 60,86 40,100
      """;

  /** The ways of each digit; a way stands there as many times as it is common. */
  private static final List<List<Glyph>> WAYS = read(TABLE);

  private StrokePaths() {}

  /** A way to write the digit, 0 to 9, chosen by how common it is. */
  static Glyph choose(int digit, Philox random) {
    List<Glyph> ways = WAYS.get(digit);
    return ways.get(random.nextInt(ways.size()));
  }

  private static List<List<Glyph>> read(String table) {
    List<List<Glyph>> ways = new ArrayList<>();
    IntStream.range(0, Digits.CLASSES).forEach(digit -> ways.add(new ArrayList<>()));
    for (String line : table.split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] cells = line.split(" ", 3);
        Glyph glyph = Glyph.parse(cells[2]);
        for (int i = 0; i < Integer.parseInt(cells[1]); i++) {
          ways.get(Integer.parseInt(cells[0])).add(glyph);
        }
      }
    }
    return ways;
  }
}
