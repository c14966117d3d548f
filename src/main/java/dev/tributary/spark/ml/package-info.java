/**
 * Estimators and models for Spark ML Pipelines, on the same trainer as the command line, and the
 * SQL function {@code tributary_predict}.
 *
 * <p>{@link dev.tributary.spark.ml.NeuralNetClassifier} takes the place of MLlib's {@code
 * MultilayerPerceptronClassifier}; a model that one saves is a model directory, which the command
 * line reads, and the reverse.
 */
@NullMarked
package dev.tributary.spark.ml;

import org.jspecify.annotations.NullMarked;
