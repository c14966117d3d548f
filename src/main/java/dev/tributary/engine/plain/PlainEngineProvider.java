package dev.tributary.engine.plain;

import dev.tributary.engine.Engine;
import dev.tributary.engine.EngineProvider;

/** Opens plain engines. Their buffers are {@link PlainBuffer}s. */
public final class PlainEngineProvider implements EngineProvider {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public String description() {
    return "plain (double precision)";
  }

  @Override
  public Engine open() {
    return new PlainEngine();
  }
}
