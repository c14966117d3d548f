package dev.tributary.data.image;

import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/**
 * What a reader warns of that is damage. The JPEG reader goes on, with grey, where data ends or
 * makes no sense, and says so only here; bytes too many before a marker, which many cameras write,
 * lose nothing.
 */
final class Damage implements IIOReadWarningListener {
  private @Nullable String found;

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    boolean isLoss = warning.startsWith("Premature") || warning.startsWith("Corrupt JPEG data");
    if (found == null && isLoss && !warning.contains("extraneous bytes")) {
      found = "a damaged image (" + warning + ")";
    }
  }

  /** The first; null if there is none. */
  @Nullable String found() {
    return found;
  }
}
