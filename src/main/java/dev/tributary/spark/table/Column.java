package dev.tributary.spark.table;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.Vocabulary;
import java.io.Serializable;
import java.util.BitSet;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;

/**
 * One column of a row, as numbers: a number, a boolean (1 or 0), text that is a number or a
 * category, an array of numbers, or a vector of Spark ML's, dense or sparse.
 *
 * @param name the column's
 * @param place in the row
 * @param type its type; a vector's is that of its struct
 * @param vector whether it is a vector of Spark ML's
 * @param categorical whether its text is a category
 * @param missing what its absence is
 * @param filled the places, among all features, where a missing value is no fault, as preparation
 *     puts a number there
 */
record Column(
    String name,
    int place,
    DataType type,
    boolean vector,
    boolean categorical,
    Kind missing,
    BitSet filled)
    implements Serializable {
  /** Spark ML's struct of a vector: type (0 sparse, 1 dense), size, indices, values. */
  private static final int VECTOR_FIELDS = 4;

  /** Whether each row has one number. */
  boolean isScalar() {
    return !vector && !(type instanceof ArrayType);
  }

  /**
   * Puts its numbers to the places from {@code at} on; NaN where one is missing and is to be
   * filled.
   *
   * @return one past the last
   */
  int read(InternalRow row, Vocabulary vocabulary, Numbers out, int at) throws BadRowException {
    if (row.isNullAt(place)) {
      if (isScalar() && filled.get(at)) {
        check(at + 1, out.size());
        out.put(at, Float.NaN);
        return at + 1;
      }
      throw new BadRowException(missing, "column " + name + " is null");
    }
    if (vector) {
      return vector(row.getStruct(place, VECTOR_FIELDS), out, at);
    }
    if (type instanceof ArrayType array) {
      return array(row.getArray(place), array.elementType(), out, at);
    }
    check(at + 1, out.size());
    out.put(at, categorical ? category(row, vocabulary) : number(row, at));
    return at + 1;
  }

  private float category(InternalRow row, Vocabulary vocabulary) throws BadRowException {
    String category = row.getUTF8String(place).toString();
    Integer number = vocabulary.number(name, category);
    if (number == null) {
      throw new BadRowException(
          Kind.UNKNOWN_CATEGORY,
          "column " + name + " is \"" + category + "\", which the training data does not have");
    }
    return number;
  }

  private float number(InternalRow row, int at) throws BadRowException {
    return switch (type.typeName()) {
      case "boolean" -> row.getBoolean(place) ? 1f : 0f;
      case "byte", "tinyint" -> row.getByte(place);
      case "short", "smallint" -> row.getShort(place);
      case "integer", "int" -> row.getInt(place);
      case "long", "bigint" -> row.getLong(place);
      case "float" -> finite(row.getFloat(place), 0, at);
      case "double" -> finite(row.getDouble(place), 0, at);
      case "string" -> parse(row.getUTF8String(place).toString().strip(), at);
      default -> {
        if (type instanceof DecimalType decimal) {
          yield finite(
              row.getDecimal(place, decimal.precision(), decimal.scale()).toDouble(), 0, at);
        }
        throw new IllegalStateException(name + ": " + type);
      }
    };
  }

  private float parse(String text, int at) throws BadRowException {
    if (text.isEmpty() && filled.get(at)) {
      return Float.NaN;
    }
    if (text.isEmpty()) {
      throw new BadRowException(missing, "column " + name + " is empty");
    }
    try {
      return switch (text) {
        case "true" -> 1f;
        case "false" -> 0f;
        default -> {
          // Java alone would take "1d" and "1f" for 1.
          char last = Character.toLowerCase(text.charAt(text.length() - 1));
          if (last == 'd' || last == 'f') {
            throw new NumberFormatException(text);
          }
          yield finite(Double.parseDouble(text), 0, at);
        }
      };
    } catch (NumberFormatException e) {
      throw new BadRowException(
          Kind.WRONG_TYPE,
          String.format(
              "column %s is \"%s\", which is no number; name it in data.categorical if it is a"
                  + " category",
              name, text));
    }
  }

  /** As float32; −0 is 0, as sources that leave zeros out make it. */
  private float finite(double value, int index, int at) throws BadRowException {
    float number = (float) value + 0f;
    if (!Float.isFinite(number) && !(Double.isNaN(value) && filled.get(at))) {
      throw new BadRowException(
          Kind.NOT_FINITE,
          String.format(
              "column %s is %s%s, not a finite float32",
              name, value, isScalar() ? "" : " at place " + index));
    }
    return number;
  }

  private int array(ArrayData values, DataType element, Numbers out, int at)
      throws BadRowException {
    int n = values.numElements();
    check(at + n, out.size());
    for (int j = 0; j < n; j++) {
      if (values.isNullAt(j)) {
        if (filled.get(at + j)) {
          out.put(at + j, Float.NaN);
          continue;
        }
        throw new BadRowException(missing, "column " + name + " is null at place " + j);
      }
      double value =
          switch (element.typeName()) {
            case "boolean" -> values.getBoolean(j) ? 1 : 0;
            case "byte", "tinyint" -> values.getByte(j);
            case "short", "smallint" -> values.getShort(j);
            case "integer", "int" -> values.getInt(j);
            case "long", "bigint" -> values.getLong(j);
            case "float" -> values.getFloat(j);
            case "double" -> values.getDouble(j);
            default -> throw new IllegalStateException(name + ": " + type);
          };
      out.put(at + j, finite(value, j, at + j));
    }
    return at + n;
  }

  private int vector(InternalRow struct, Numbers out, int at) throws BadRowException {
    ArrayData values = struct.getArray(3);
    boolean sparse = struct.getByte(0) == 0;
    int n = sparse ? struct.getInt(1) : values.numElements();
    check(at + n, out.size());
    ArrayData indices = sparse ? struct.getArray(2) : values;
    int before = -1;
    for (int j = 0; j < values.numElements(); j++) {
      int index = sparse ? indices.getInt(j) : j;
      if (index <= before || index >= n) {
        throw new BadRowException(
            Kind.WRONG_LENGTH,
            String.format(
                "column %s has index %d after %d, but indices ascend and are below %d",
                name, index, before, n));
      }
      out.put(at + index, finite(values.getDouble(j), index, at + index));
      before = index;
    }
    return at + n;
  }

  private void check(int needed, int room) throws BadRowException {
    if (needed > room) {
      throw new BadRowException(
          Kind.WRONG_LENGTH,
          String.format("with column %s there are %d numbers, expected %d", name, needed, room));
    }
  }
}
