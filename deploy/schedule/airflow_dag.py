"""A retrain every night on Airflow, by the Spark provider's SparkSubmitOperator.

Needs apache-airflow-providers-apache-spark, and a connection "spark_default" to the cluster. The period
is the run's date, so a task that Airflow runs again is not done again by Tributary.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

HOME = "/opt/tributary"

with DAG(
    dag_id="tributary_retrain",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
):
    SparkSubmitOperator(
        task_id="retrain",
        conn_id="spark_default",
        application=f"{HOME}/target/tributary.jar",
        java_class="dev.tributary.cli.Main",
        properties_file=f"{HOME}/conf/spark-defaults.conf",
        application_args=[
            "retrain",
            f"{HOME}/jobs/digits-retrain.conf",
            "--period",
            "{{ ds }}",
            "-D",
            "retrain.store=hdfs:///tributary/store",
            "-D",
            "retrain.data=hdfs:///tributary/arrivals",
        ],
    )
