"""A Spark ML Pipeline with a neural network, from Python. See README.md, "In a Spark ML Pipeline"."""

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql.functions import expr, rand
from tributary import NeuralNetClassifier

spark = SparkSession.builder.getOrCreate()
flowers = (
    spark.range(600)
    .select("id", (rand(1) * 8).alias("length"), (rand(2) * 3).alias("width"))
    .withColumn("species", expr("CASE WHEN length < 3 THEN 'a' WHEN width < 1.5 THEN 'b' ELSE 'c' END"))
)
training, test = flowers.randomSplit([0.8, 0.2], seed=1)

pipeline = Pipeline(stages=[
    StringIndexer(inputCol="species", outputCol="label"),
    VectorAssembler(inputCols=["length", "width"], outputCol="raw"),
    StandardScaler(inputCol="raw", outputCol="features", withMean=True),
    NeuralNetClassifier(layers=[2, 16, 3], maxIter=60, stepSize=0.02, seed=1),
])
model = pipeline.fit(training)
accuracy = MulticlassClassificationEvaluator(metricName="accuracy").evaluate(model.transform(test))
print("accuracy %.3f" % accuracy)
print("loss after the first and the last epoch:", model.stages[-1].summary.objectiveHistory[::59])

model.write().overwrite().save("target/example-model")
same = PipelineModel.load("target/example-model")
assert same.transform(test).select("prediction").collect() == model.transform(test).select("prediction").collect()
