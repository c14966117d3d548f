package dev.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Augmentation in job files. */
final class AugmentationAssemblyTest {
  private static final String JOB =
      """
      network { input = [28, 28, 1], layers = [{ type = flatten }, { type = affine, outputs = 10 }] }
      train.optimizer.type = adam
      """;

  private static Job parse(String more) {
    return JobParser.parse(JOB + more, "my.conf", "my", Map.of());
  }

  private static List<String> words(String augment) {
    return parse("data.augment = " + augment).training().augmentation().describe();
  }

  @Test
  void readsEveryKind() {
    assertThat(parse("").training().augmentation().isNone()).isTrue();
    assertThat(words("flip")).containsExactly("flip, left to right, with probability 0.500");
    assertThat(
            words(
                """
                [{type = crop, padding = 4}, {type = crop, padding = [2, 0], border = reflect}
                 {type = flip, direction = vertical, probability = 0.25}, shift
                 {type = shift, most = [0.2, 0]}, rotate, {type = cut_out, size = [8, 4]}
                 {type = brightness, most = 0.1}, {type = contrast, probability = 0.5}, mix_up]
                """))
        .containsExactly(
            "crop by up to 4 x 4 pixels (height x width), border zero",
            "crop by up to 2 x 0 pixels (height x width), border reflect",
            "flip, top to bottom, with probability 0.250",
            "shift by up to 0.100 of the height and 0.100 of the width",
            "shift by up to 0.200 of the height and 0.00 of the width",
            "rotate by up to 10.00 degrees",
            "cut out 8 x 4 pixels",
            "brightness changed by up to 0.100",
            "contrast times 0.800 to 1.20, with probability 0.500",
            "mix_up with alpha 0.200");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cutout | data.augment[0].type = "cutout" is not known; did you mean cut_out?
          crop | data.augment[0].padding is missing; it has no default
          {type = crop, padding = 28} | data.augment[0].type: padding 28x28 would leave nothing of an image of 28x28; give less
          {type = crop, padding = [1, 2, 3]} | data.augment[0].padding: has 3 numbers, expected one, or [vertical, horizontal]
          {type = crop, padding = -1} | data.augment[0].padding = -1, expected a whole number of at least 0
          {type = crop, padding = 1, border = mirror} | data.augment[0].border = "mirror" is not known; known: zero, edge, reflect
          {type = cut_out, size = 29} | data.augment[0].type: size 29x29 is more than the image of 28x28
          {type = flip, probability = 2} | data.augment[0].probability: probability must be from 0 to 1, not 2.0
          {type = shift, most = 1} | data.augment[0].most must be a share of the height and width, or [of the height, of the width], each at least 0 and below 1
          {type = rotate, degrees = -3} | data.augment[0].degrees = -3, expected a number of at least 0
          {type = rotate, degree = 3} | unknown key data.augment[0].degree; did you mean data.augment[0].degrees?
          {type = mix_up, alpha = 2} | data.augment[0].alpha: alpha must be from 0.05 to 1, not 2.0
          [mix_up, flip] | mix_up must come last in data.augment
          """)
  void refusesWhatIsWrong(String augment, String message) {
    assertThatThrownBy(() -> words(augment))
        .isInstanceOf(JobException.class)
        .hasMessage("my.conf: 3: " + message);
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    assertThatThrownBy(() -> parse("data.augment = mix_up, train.loss = multiclass_hinge"))
        .hasMessageEndingWith(
            "mix_up makes two classes right in part, but multiclass_hinge wants one; take another"
                + " train.loss, such as softmax_cross_entropy");
    String flat =
        """
        network { input = [6], layers = [
          { type = embedding, columns = [{ column = 4, categories = 20, outputs = 8 }] }
          { type = affine, outputs = 1 } ] }
        train { loss = squared_error, optimizer.type = adam }
        data.format = house_prices
        """;
    assertThatThrownBy(
            () -> JobParser.parse(flat + "data.augment = mix_up", "my.conf", "my", Map.of()))
        .hasMessageEndingWith(
            "mix_up adds up features, but numbers of categories, which embedding reads, have no sum;"
                + " leave out one or the other");
    assertThatThrownBy(
            () -> JobParser.parse(flat + "data.augment = flip", "my.conf", "my", Map.of()))
        .hasMessageEndingWith(
            "flip is for images, but samples have 6 flat features; give network.input = [height,"
                + " width, channels], or leave it out");
  }
}
