package dev.tributary.engine;

import java.io.Serializable;

/** Opens engines of one kind, one for each thread that computes. It travels to the executors. */
public interface EngineProvider extends Serializable {
  /** The name a job file knows: {@code jvm}. */
  String name();

  /**
   * What this JVM really uses, such as {@code jvm (VectorBLAS)}. Two machines that differ here
   * would differ in the last bits, so training compares it on every executor.
   */
  String description();

  /** A new engine for the calling thread. */
  Engine open();
}
