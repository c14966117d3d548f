package dev.tributary.spark.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.jspecify.annotations.Nullable;

/** What Spark's {@code Params} has, in types that Java can use. */
final class ParamAccess {
  private ParamAccess() {}

  /** Sets a param; its owner. */
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // S is the owner's own type, by the interfaces' contract
  static <S, T> S set(Params owner, Param<T> param, T value) {
    owner.set(param, value);
    return (S) owner;
  }

  /** A param's value, or its default; null if there is neither. */
  static <T> @Nullable T get(Params owner, Param<T> param) {
    return owner.isDefined(param) ? owner.getOrDefault(param) : null;
  }

  /** A text that is given and not empty. */
  static @Nullable String text(Params owner, Param<String> param) {
    String text = get(owner, param);
    return text == null || text.isBlank() ? null : text;
  }

  /** A whole number that is given or has a default. */
  static int integer(Params owner, Param<Object> param) {
    return (Integer) owner.getOrDefault(param);
  }
}
