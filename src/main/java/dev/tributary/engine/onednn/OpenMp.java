package dev.tributary.engine.onednn;

import com.sun.jna.Function;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * OpenMP's number of threads, which oneDNN goes by. The setting belongs to the calling thread, so
 * each thread that computes must make it; a sum over more than one thread would have other bits.
 */
final class OpenMp {
  private static final String NAME = "omp_set_num_threads";

  private final Function setNumThreads;

  /**
   * The OpenMP that was loaded along with oneDNN.
   *
   * @throws UnsatisfiedLinkError if there is none
   */
  OpenMp() {
    Pointer address = Loader.addressof(NAME);
    if (address == null || address.isNull()) {
      throw new UnsatisfiedLinkError(
          NAME + " was not found, so oneDNN cannot be held to one thread");
    }
    setNumThreads = Function.getFunction(new com.sun.jna.Pointer(address.address()));
  }

  /** Holds what the calling thread computes from now on to that thread. */
  void oneThread() {
    setNumThreads.invokeVoid(new Object[] {1});
  }
}
