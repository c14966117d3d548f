package dev.tributary.data;

/** How the features of a sample are kept. What the network reads is float32 in any case. */
public enum FeatureKind {
  /** 8 bits each, standing for the value / 255. */
  PIXELS,

  /** A float32 each. */
  FLOATS,

  /** Only those that are not 0: pairs of an index and a float32, made dense in a batch alone. */
  SPARSE
}
