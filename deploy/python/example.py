"""A Spark ML Pipeline with a neural network, from Python. See README.md, "In a Spark ML Pipeline"."""

from pyspark.ml import Pipeline
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession
from pyspark.sql.functions import expr, rand, round as rounded
from tributary import NeuralNetClassifier

spark = SparkSession.builder.getOrCreate()
flowers = (
    spark.range(600)
    .select("id", (rand(1) * 8).alias("length"), (rand(2) * 3).alias("width"))
    .select("*", rounded("length", 1).alias("shown"))
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
accuracy = model.stages[-1].evaluate(
    model.stages[2].transform(model.stages[1].transform(model.stages[0].transform(test)))
)["accuracy"]
print("accuracy %.3f" % accuracy)
