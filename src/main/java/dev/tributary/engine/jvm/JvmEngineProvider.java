package dev.tributary.engine.jvm;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens {@link JvmEngine}s on the best BLAS that netlib finds on this machine. */
public final class JvmEngineProvider implements EngineProvider {
  private static final long serialVersionUID = 1L;

  /** netlib's choice, made once for each JVM: native, else the Vector API's, else plain Java's. */
  private static final class Chosen {
    static final BLAS BLAS_OF_THIS_JVM = choose();

    private static BLAS choose() {
      // netlib warns at every step down from native code; the description says where it ended.
      Logger logger = Logger.getLogger("dev.ludovic.netlib");
      Level before = logger.getLevel();
      logger.setLevel(Level.OFF);
      try {
        return nativeOrJava();
      } finally {
        logger.setLevel(before);
      }
    }

    private static BLAS nativeOrJava() {
      BLAS best = BLAS.getInstance();
      return best == null || (best instanceof NativeBLAS && SharedLibraries.haveSerialOpenBlas())
          ? JavaBLAS.getInstance()
          : best;
    }
  }

  @Override
  public String name() {
    return "jvm";
  }

  @Override
  public String description() {
    return "jvm (" + Chosen.BLAS_OF_THIS_JVM.getClass().getSimpleName() + ")";
  }

  @Override
  public Engine open() {
    return new JvmEngine(Chosen.BLAS_OF_THIS_JVM);
  }
}
