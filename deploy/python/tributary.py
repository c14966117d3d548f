"""Tributary's estimators for PySpark: neural networks in Spark ML Pipelines.

Run with the jar on the class path and this file beside the job:

    spark-submit --jars target/tributary.jar --py-files deploy/python/tributary.py job.py

or with the jar alone, which holds this file:

    spark-submit --jars target/tributary.jar --py-files target/tributary.jar job.py

Each class stands for the one of the same name in the Java package dev.tributary.spark.ml, whose
documentation says what each param means. Nothing is computed here.
"""

import json
import sys

from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

__all__ = [
    "NeuralNetClassifier",
    "NeuralNetClassificationModel",
    "NeuralNetRegressor",
    "NeuralNetRegressionModel",
    "NeuralNetMultilabelClassifier",
    "NeuralNetMultilabelModel",
]

_JAVA_PACKAGE = "dev.tributary.spark.ml"

_TEXT, _INT, _FLOAT = TypeConverters.toString, TypeConverters.toInt, TypeConverters.toFloat

# Every param by name, with what makes a value of Python's one of Java's.
_SCORING = {"blockSize": _INT, "handleInvalid": _TEXT, "weightCol": _TEXT}
_TRAINING = {
    "network": _TEXT,
    "layers": TypeConverters.toListInt,
    "job": _TEXT,
    "optimizer": _TEXT,
    "schedule": _TEXT,
    "loss": _TEXT,
    "prepare": _TEXT,
    "augment": _TEXT,
    "maxIter": _INT,
    "stepSize": _FLOAT,
    "tol": _FLOAT,
    "seed": _INT,
    "batchSize": _INT,
    "shards": _INT,
    "engine": _TEXT,
    "precision": _TEXT,
    "exchange": _TEXT,
    "validationIndicatorCol": _TEXT,
    "metric": _TEXT,
    "patience": _INT,
    "checkpointDir": _TEXT,
    "checkpointInterval": _INT,
    "initialModel": _TEXT,
    "initialWeights": TypeConverters.toVector,
}
_COLUMNS = {"featuresCol": _TEXT, "labelCol": _TEXT, "predictionCol": _TEXT}
_CHANCES = {"rawPredictionCol": _TEXT, "probabilityCol": _TEXT}
_THRESHOLDS = {"thresholds": TypeConverters.toListFloat}
_THRESHOLD = {"threshold": _FLOAT}


def _with_params(*tables):
    """Gives a class its params, and a setter and a getter for each."""

    def decorate(cls):
        for table in tables:
            for name, convert in table.items():
                setattr(cls, name, Param(Params._dummy(), name, name, typeConverter=convert))
                title = name[0].upper() + name[1:]
                setattr(cls, "set" + title, _setter(name))
                setattr(cls, "get" + title, _getter(name))
        # Spark finds the Java class by the module, and this class by the Java class.
        cls.__module__ = _JAVA_PACKAGE
        return cls

    return decorate


def _setter(name):
    def set_param(self, value):
        return self._set(**{name: value})

    set_param.__doc__ = "Sets the param %s." % name
    return set_param


def _getter(name):
    def get_param(self):
        return self.getOrDefault(getattr(self, name))

    get_param.__doc__ = "The param %s, or its default." % name
    return get_param


class _Estimator(JavaEstimator, JavaMLWritable, JavaMLReadable):
    def __init__(self, **params):
        super().__init__()
        self._java_obj = self._new_java_obj(_JAVA_PACKAGE + "." + type(self).__name__, self.uid)
        self._transfer_params_from_java()
        self._set(**params)

    def setParams(self, **params):
        """Sets several params by their names."""
        return self._set(**params)

    def _create_model(self, java_model):
        return self._model_class(java_model)

    def setEpochs(self, value):
        """The same as setMaxIter, by the field's name."""
        return self._set(maxIter=value)


class _Model(JavaModel, JavaMLWritable, JavaMLReadable):
    def __init__(self, java_model=None):
        super().__init__(java_model)
        if java_model is not None:
            self._transfer_params_from_java()

    @property
    def numFeatures(self):
        """Numbers in a sample."""
        return self._call_java("numFeatures")

    @property
    def weights(self):
        """The flat weights, as initialWeights takes them."""
        return self._call_java("weights")

    @property
    def network(self):
        """The network, as a dict."""
        return json.loads(self._call_java("network"))

    @property
    def provenance(self):
        """Where the model came from, as a dict."""
        return json.loads(self._call_java("provenance"))

    @property
    def hasSummary(self):
        """Whether there is a summary: a model that was loaded has none."""
        return self._call_java("hasSummary")

    @property
    def summary(self):
        """How the fit went."""
        return NeuralNetTrainingSummary(self._java_obj.summary())

    def evaluate(self, dataset):
        """The model's metrics on labelled rows, as a dict."""
        self._transfer_params_to_java()
        return dict(self._java_obj.evaluate(dataset._jdf))


class NeuralNetTrainingSummary:
    """How a fit went: its curves, and what it came to."""

    def __init__(self, java_summary):
        self._java_obj = java_summary

    @property
    def objectiveHistory(self):
        """The mean training loss of each epoch."""
        return list(self._java_obj.objectiveHistory())

    @property
    def totalIterations(self):
        """Epochs made."""
        return self._java_obj.totalIterations()

    def history(self, metric):
        """A metric on the validation rows at each evaluation."""
        return list(self._java_obj.history(metric))

    @property
    def metrics(self):
        """The metrics of the model's own weights on the validation rows, as a dict."""
        return dict(self._java_obj.metrics())

    @property
    def warnings(self):
        """What should be looked at, in words."""
        return list(self._java_obj.warnings())


@_with_params(_SCORING, _COLUMNS, _CHANCES, _THRESHOLDS)
class NeuralNetClassificationModel(_Model):
    """A network that predicts a class."""

    @property
    def numClasses(self):
        """Classes that it tells apart."""
        return self._call_java("numClasses")

    def predict(self, value):
        """The class of one sample."""
        return self._call_java("predict", value)

    def predictRaw(self, value):
        """The raw prediction for one sample."""
        return self._call_java("predictRaw", value)

    def predictProbability(self, value):
        """The probability of each class for one sample."""
        return self._call_java("predictProbability", value)


@_with_params(_SCORING, _TRAINING, _COLUMNS, _CHANCES, _THRESHOLDS)
class NeuralNetClassifier(_Estimator):
    """Trains a neural network that predicts a class.

    NeuralNetClassifier(layers=[4, 5, 3], maxIter=100, seed=1).fit(training)
    """

    _model_class = NeuralNetClassificationModel

    def setSolver(self, value):
        """MLlib's choice of how weights move: gd, or l-bfgs, which is not there."""
        self._transfer_params_to_java()
        self._java_obj.setSolver(value)
        self._transfer_params_from_java()
        return self


@_with_params(_SCORING, _COLUMNS)
class NeuralNetRegressionModel(_Model):
    """A network that predicts a number, or several."""

    @property
    def numOutputs(self):
        """Numbers in a prediction."""
        return self._call_java("numOutputs")

    def predict(self, value):
        """The number predicted for one sample."""
        return self._call_java("predict", value)

    def predictVector(self, value):
        """The numbers predicted for one sample."""
        return self._call_java("predictVector", value)


@_with_params(_SCORING, _TRAINING, _COLUMNS)
class NeuralNetRegressor(_Estimator):
    """Trains a neural network that predicts a number, or several."""

    _model_class = NeuralNetRegressionModel


@_with_params(_SCORING, _COLUMNS, _CHANCES, _THRESHOLD)
class NeuralNetMultilabelModel(_Model):
    """A network that says yes or no to several labels."""

    @property
    def numLabels(self):
        """Labels that it says yes or no to."""
        return self._call_java("numLabels")

    def predict(self, value):
        """1 for each label that is predicted for one sample, 0 for the others."""
        return self._call_java("predict", value)


@_with_params(_SCORING, _TRAINING, _COLUMNS, _CHANCES, _THRESHOLD)
class NeuralNetMultilabelClassifier(_Estimator):
    """Trains a neural network that says, for each of several labels, yes or no."""

    _model_class = NeuralNetMultilabelModel


# Where Spark looks for the Python class of a stage that it loads, as by Pipeline.load.
sys.modules[_JAVA_PACKAGE] = sys.modules[__name__]
