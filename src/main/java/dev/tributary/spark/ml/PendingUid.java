package dev.tributary.spark.ml;

import org.jspecify.annotations.Nullable;

/**
 * The uid of a pipeline stage while it is constructed.
 *
 * <p>A Scala superclass makes its params, which hold the stage's uid, in its constructor; that runs
 * before the Java subclass can set a field. So the uid waits here, in the constructing thread, from
 * before the superclass's constructor until after it.
 */
final class PendingUid {
  private static final ThreadLocal<@Nullable String> PENDING = new ThreadLocal<>();

  private final String uid;

  private PendingUid(String uid) {
    this.uid = uid;
  }

  /** To be called in the argument of {@code this(…)}. */
  static PendingUid of(String uid) {
    PENDING.set(uid);
    return new PendingUid(uid);
  }

  /** What the stage's {@code uid()} gives while its own field is not set. */
  static String current() {
    String uid = PENDING.get();
    if (uid == null) {
      throw new IllegalStateException("no pipeline stage is under construction in this thread");
    }
    return uid;
  }

  /** The uid, once the superclass is constructed. */
  String settle() {
    PENDING.remove();
    return uid;
  }
}
