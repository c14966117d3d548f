package dev.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.prepare.Preparation;
import dev.tributary.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Preparations in job files and in models. */
final class PreparationAssemblyTest {
  private static final String JOB =
      """
      network { input = [8], layers = [{ type = affine, outputs = 2 }] }
      train.optimizer.type = adam
      data.format = house_sales
      """;

  private static Preparation parse(String prepare) {
    return JobParser.parse(JOB + "data.prepare = " + prepare, "my.conf", "my", Map.of())
        .model()
        .preparation();
  }

  @Test
  void readsWordsObjectsAndLists() {
    assertThat(JobParser.parse(JOB, "my.conf", "my", Map.of()).model().preparation().isNone())
        .isTrue();
    assertThat(parse("[]").isNone()).isTrue();
    assertThat(parse("standardize").describe())
        .containsExactly("standardize by the training samples' mean and deviation");
    assertThat(parse("{type = log1p, columns = 3}").describe())
        .containsExactly("log1p of column 3");
    Preparation all =
        parse(
            """
            [fill, {type = fill, value = [1, 2], columns = [0, 1]}, {type = clip, low = -1}, log1p
             {type = scale, from = 0, to = 255}, {type = one_hot, columns = [4, 3], categories = [2, 3]}]
            """);
    assertThat(all.input()).isEqualTo(Shape.flat(5));
    assertThat(all.output()).isEqualTo(Shape.flat(8));
    assertThat(all.describe())
        .containsExactly(
            "fill missing values with the training samples' mean",
            "fill missing values of columns 0, 1: with 1.0000, 2.0000",
            "clip to at least -1.0",
            "log1p",
            "scale to [0, 1]: from 0.0000, 0.0000, 0.0000, 0.0000, 0.0000; to 255.00, 255.00, 255.00,"
                + " 255.00, 255.00",
            "one_hot of columns 4, 3: 5 columns become 8");
  }

  /** What a model keeps is what a job file could say. */
  @Test
  void survivesBeingWrittenAndRead() {
    Preparation fitted =
        parse(
            """
            [{type = fill, value = 0.1}, {type = clip, low = -1, high = 1e30, columns = 2}, log1p
             {type = standardize, mean = [0.1, 1e-20], deviation = [3, 0.7], columns = [1, 0]}
             {type = scale, from = 0.3, to = 255}
             {type = one_hot, columns = 3, categories = 4, unknown = zeros}]
            """);
    String text = PreparationAssembly.text(fitted);
    Preparation read = PreparationAssembly.preparation(text, "model.json", Shape.flat(8));
    assertThat(read.toMaps()).isEqualTo(fitted.toMaps());
    float[] x = {0.5f, Float.NaN, 7, 2, 9, 1, 2, 3};
    float[] y = x.clone();
    fitted.apply(x, 1);
    read.apply(y, 1);
    assertThat(y).isEqualTo(x);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          standardise | data.prepare[0].type = "standardise" is not known; did you mean standardize?
          7 | data.prepare = 7, expected an object: { … }
          [7] | data.prepare = 7, expected a name, or an object: {type = …}, at place 0
          [{type = clip}] | data.prepare[0].type: clip needs low, high, or both
          [{type = clip, low = 2, high = 1}] | data.prepare[0].type: low (2.0) must not be above high (1.0)
          [log1p, {type = log1p, column = 1}] | unknown key data.prepare[1].column; did you mean data.prepare[1].columns?
          {type = log1p, columns = [1, 8]} | data.prepare[0].type: there is no column 8; a sample has 8, numbered from 0
          {type = log1p, columns = [1, 1]} | data.prepare[0].type: column 1 is named twice
          {type = standardize, mean = 1} | data.prepare[0].type: mean and deviation belong together; give both, or neither to take them from the training samples
          {type = standardize, mean = 1, deviation = 0} | data.prepare[0].type: deviation must be above 0, not 0.0
          {type = standardize, mean = 1e39, deviation = 1} | data.prepare[0].type: mean must be finite in float32, not 1.0E39
          {type = standardize, mean = [1, 2], deviation = 1} | data.prepare[0].type: mean has 2 numbers, expected 1 or, by column, 8
          {type = scale, to = 1} | data.prepare[0].type: from and to belong together; give both, or neither to take them from the training samples
          {type = scale, from = 1, to = 1} | data.prepare[0].type: to (1.0) must be above from (1.0)
          {type = fill, value = median} | data.prepare[0].value = "median" is not known; did you mean mean?
          {type = one_hot, columns = [1], categories = [3, 4]} | data.prepare[0].type: categories has 2 numbers for 1 columns; give one for each
          {type = one_hot, columns = [1], categories = [9]} | one_hot adds 8 columns, but network.input is [8]; make it [columns before + 8]
          {type = one_hot, columns = [1], categories = [2147483647, 2147483647]} | one_hot adds 4294967292 columns, but network.input is [8]; make it [columns before + 4294967292]
          [{type = one_hot, columns = [1], categories = [3]}, log1p] | data.prepare: one_hot of column 1: 6 columns become 8 changes the columns, so it must come last
          """)
  void refusesWhatIsWrong(String prepare, String message) {
    assertThatThrownBy(() -> parse(prepare))
        .isInstanceOf(JobException.class)
        .hasMessage("my.conf: 4: " + message);
  }

  @Test
  void refusesAModelThatIsNotFitted() {
    assertThatThrownBy(
            () ->
                PreparationAssembly.preparation(
                    "[{\"type\":\"standardize\"}]", "m/model.json", Shape.flat(2)))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "m/model.json: 1: the preparation lacks what was found in the training samples, such as a"
                + " mean; the file was edited or is damaged");
    assertThatThrownBy(
            () -> PreparationAssembly.preparation("{\"a\": 1}", "m/model.json", Shape.flat(2)))
        .hasMessageContaining("m/model.json: 1: prepare[0].type is missing");
  }
}
