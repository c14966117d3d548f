package dev.tributary.spark.table;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.image.ImageDecoder;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The column of a row that holds an image: the bytes of a file, or a struct of Spark's image source
 * (origin, height, width, nChannels, mode, data; data row by row, colours as blue, green, red).
 *
 * @param name the column's
 * @param place in the row
 * @param encoded whether it is a file's bytes
 * @param decoder makes pixels of it
 */
record ImageColumn(String name, int place, boolean encoded, ImageDecoder decoder)
    implements Serializable {
  private static final int FIELDS = 6;
  private static final int HEIGHT = 1;
  private static final int WIDTH = 2;
  private static final int CHANNELS = 3;
  private static final int DATA = 5;

  /** Whether a column of this type can be read. */
  static boolean isReadable(DataType type) {
    return type instanceof BinaryType || isStruct(type);
  }

  /** Whether it is Spark's image. */
  private static boolean isStruct(DataType type) {
    return type instanceof StructType struct
        && String.join(",", struct.fieldNames()).equals("origin,height,width,nChannels,mode,data");
  }

  /** The pixels, (height, width, channels) of the decoder. */
  byte[] read(InternalRow row) throws BadRowException {
    if (row.isNullAt(place)) {
      throw new BadRowException(Kind.MISSING_VALUE, "column " + name + " is null");
    }
    try {
      return encoded ? decoder.decode(row.getBinary(place)) : decoded(row);
    } catch (BadRowException e) {
      throw new BadRowException(e.kind(), "column " + name + ": " + e.getMessage());
    }
  }

  private byte[] decoded(InternalRow row) throws BadRowException {
    InternalRow image = row.getStruct(place, FIELDS);
    byte[] data = image.isNullAt(DATA) ? new byte[0] : image.getBinary(DATA).clone();
    int channels = image.getInt(CHANNELS);
    for (int i = 0; channels >= 3 && i + 2 < data.length; i += channels) {
      byte blue = data[i];
      data[i] = data[i + 2];
      data[i + 2] = blue;
    }
    return decoder.fit(data, image.getInt(HEIGHT), image.getInt(WIDTH), channels);
  }
}
