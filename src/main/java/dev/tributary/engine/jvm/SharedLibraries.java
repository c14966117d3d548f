package dev.tributary.engine.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What native libraries this process has loaded, as Linux tells. */
final class SharedLibraries {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private SharedLibraries() {}

  /**
   * Whether one is an OpenBLAS built for one caller at a time, such as Debian's
   * libopenblas0-serial: tasks that share a process would write over each other's products.
   */
  static boolean haveSerialOpenBlas() {
    try {
      return Files.exists(MAPS) && haveSerialOpenBlas(Files.readString(MAPS));
    } catch (IOException e) {
      // What cannot be read tells nothing.
      return false;
    }
  }

  static boolean haveSerialOpenBlas(String maps) {
    return maps.contains("/openblas-serial/");
  }
}
