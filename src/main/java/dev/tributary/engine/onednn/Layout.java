package dev.tributary.engine.onednn;

import dev.tributary.tensor.Shape;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;

/** oneDNN's names for the SPI's plain layouts, of float32 unless said otherwise. */
final class Layout {
  private Layout() {}

  static memory.desc vector(long count) {
    return of(format_tag.a, count);
  }

  /** A row-major matrix. */
  static memory.desc matrix(long rows, long columns) {
    return of(format_tag.ab, rows, columns);
  }

  /** The transpose, (columns, rows), of a matrix that lies row-major as (rows, columns). */
  static memory.desc transposed(long rows, long columns) {
    return of(format_tag.ba, columns, rows);
  }

  /** Some columns of a row-major matrix that has {@code width} of them. */
  static memory.desc columns(long rows, long columns, long width) {
    return new memory.desc(new long[] {rows, columns}, data_type.f32, new long[] {width, 1});
  }

  /** The least multiple of a number that is no less than a count. */
  static long roundedUp(long count, long of) {
    return (count + of - 1) / of * of;
  }

  /** n images, (n, height, width, channels); oneDNN's order of dimensions is n, c, h, w. */
  static memory.desc images(long n, Shape image) {
    return of(format_tag.nhwc, n, image.channels(), image.height(), image.width());
  }

  /** The same dimensions in bfloat16, laid out as {@code tag} says. */
  static memory.desc rounded(memory.desc plain, format_tag tag) {
    return new memory.desc(plain.get_dims(), data_type.bf16, tag);
  }

  /** A plain layout with values of another type. */
  static memory.desc typed(memory.desc plain, data_type type) {
    return type == data_type.f32
        ? plain
        : new memory.desc(plain.get_dims(), type, plain.get_strides());
  }

  static memory.desc of(format_tag tag, long... dimensions) {
    return new memory.desc(dimensions, data_type.f32, tag);
  }
}
