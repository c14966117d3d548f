package dev.tributary.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SharedLibrariesTest {
  @Test
  void knowsAnOpenBlasForOneCaller() {
    String start = "7f1c-7f1d r-xp 00000000 08:01 42 /usr/lib/x86_64-linux-gnu/";
    assertThat(SharedLibraries.haveSerialOpenBlas(start + "openblas-serial/libblas.so.3\n"))
        .isTrue();
    assertThat(SharedLibraries.haveSerialOpenBlas(start + "openblas-pthread/libblas.so.3\n"))
        .isFalse();
  }
}
