package dev.tributary.engine.onednn;

import java.util.Locale;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/** oneDNN as this JVM has it: loaded once, when it is first asked for, or the reason why not. */
final class NativeLibrary {
  private static final String PLATFORM = "linux-x86_64";

  private final @Nullable String problem;
  private final @Nullable OpenMp openMp;
  private final String version;
  private final String instructionSet;

  private NativeLibrary(
      @Nullable String problem, @Nullable OpenMp openMp, String version, String instructionSet) {
    this.problem = problem;
    this.openMp = openMp;
    this.version = version;
    this.instructionSet = instructionSet;
  }

  private static final class Holder {
    static final NativeLibrary OF_THIS_JVM = load();
  }

  static NativeLibrary ofThisJvm() {
    return Holder.OF_THIS_JVM;
  }

  /**
   * JavaCPP unpacks the libraries into the user's cache directory, under a lock file, so JVMs that
   * start together do not meet.
   */
  private static NativeLibrary load() {
    try {
      if (!Loader.getPlatform().equals(PLATFORM)) {
        return missing("this build has its library for " + PLATFORM + " alone");
      }
      limitOnlyByTheMachine();
      Loader.load(dnnl.class);
      dnnl_version_t version = dnnl.dnnl_version();
      return new NativeLibrary(
          null,
          new OpenMp(),
          version.major() + "." + version.minor(),
          String.valueOf(dnnl.get_effective_cpu_isa()).toLowerCase(Locale.ROOT));
    } catch (LinkageError | RuntimeException e) {
      return missing(reason(e));
    }
  }

  private static NativeLibrary missing(String problem) {
    return new NativeLibrary(problem, null, "", "");
  }

  /**
   * JavaCPP refuses to go on when the whole process holds more than a multiple of the Java heap; an
   * executor may well have a small heap and large native buffers.
   */
  private static void limitOnlyByTheMachine() {
    String key = "org.bytedeco.javacpp.maxPhysicalBytes";
    if (System.getProperty(key) == null) {
      System.setProperty(key, "0");
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.format(
        "its native library does not load on %s %s: %s",
        System.getProperty("os.name"), System.getProperty("os.arch"), cause);
  }

  /** Why it cannot be used here; null if it can. */
  @Nullable String problem() {
    return problem;
  }

  /** Such as 3.11. */
  String version() {
    return version;
  }

  /** The instructions that its kernels use here, such as avx512_core. */
  String instructionSet() {
    return instructionSet;
  }

  /** Whether there are products of bfloat16, if only by way of float32. */
  boolean hasBfloat16() {
    return instructionSet.startsWith("avx512")
        || instructionSet.startsWith("avx10")
        || instructionSet.equals("avx2_vnni_2");
  }

  OpenMp openMp() {
    if (openMp == null) {
      throw new IllegalStateException("oneDNN cannot be used: " + problem);
    }
    return openMp;
  }
}
