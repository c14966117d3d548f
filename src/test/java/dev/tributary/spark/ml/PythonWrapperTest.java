package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Python wrapper names what is there in Java: every class, param and method. Where there is a
 * PySpark, its example runs too.
 */
final class PythonWrapperTest {
  private static final Path WRAPPER = Path.of("deploy/python/tributary.py");

  @TempDir private Path folder;

  private static String text() throws IOException {
    return Files.readString(WRAPPER);
  }

  private static Class<?> java(String name) throws ClassNotFoundException {
    return Class.forName("dev.tributary.spark.ml." + name);
  }

  /** The params of each table of the wrapper. */
  private static Map<String, Set<String>> tables() throws IOException {
    Map<String, Set<String>> tables = new LinkedHashMap<>();
    Matcher table =
        Pattern.compile("^(_[A-Z]+) = \\{(.*?)}", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(text());
    while (table.find()) {
      Set<String> names = new TreeSet<>();
      Matcher name = Pattern.compile("\"(\\w+)\":").matcher(table.group(2));
      while (name.find()) {
        names.add(name.group(1));
      }
      tables.put(table.group(1), names);
    }
    return tables;
  }

  /** What the wrapper says of a class: its tables of params, and its body. */
  private record Wrapped(List<String> tables, String body) {}

  private static Wrapped wrapped(String name) throws IOException {
    Matcher found =
        Pattern.compile(
                "@_with_params\\(([^)]*)\\)\\nclass " + name + "\\(\\w+\\):\\n((?: .*\\n|\\n)*)")
            .matcher(text());
    assertThat(found.find()).as("class %s of the wrapper", name).isTrue();
    return new Wrapped(List.of(found.group(1).split(", ")), found.group(2));
  }

  private static String body(String python) throws IOException {
    Matcher found =
        Pattern.compile("class " + python + "\\b.*:\\n((?: .*\\n|\\n)*)").matcher(text());
    assertThat(found.find()).as(python).isTrue();
    return found.group(1);
  }

  /** The names of methods that Python code calls on the Java object. */
  private static Set<String> calls(String body) {
    Set<String> names = new TreeSet<>();
    Matcher call = Pattern.compile("_java_obj\\.(\\w+)\\(|_call_java\\(\"(\\w+)\"").matcher(body);
    while (call.find()) {
      names.add(call.group(1) == null ? call.group(2) : call.group(1));
    }
    return names;
  }

  private static Set<String> methods(Class<?> type) {
    return Arrays.stream(type.getMethods()).map(Method::getName).collect(Collectors.toSet());
  }

  private static Set<String> params(Params owner) {
    return Arrays.stream(owner.params())
        .map(Param::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"NeuralNetClassifier", "NeuralNetRegressor", "NeuralNetMultilabelClassifier"})
  void estimatorsHaveTheSameParams(String name) throws Exception {
    Wrapped wrapped = wrapped(name);
    Set<String> named = new TreeSet<>();
    for (String table : wrapped.tables()) {
      named.addAll(tables().get(table));
    }
    Params estimator = (Params) java(name).getConstructor(String.class).newInstance("it");
    assertThat(named).isEqualTo(params(estimator));
    assertThat(methods(java(name))).containsAll(calls(wrapped.body()));
    assertThat(methods(java(name))).contains("fit", "copy", "write", "uid", "params");
    // Each setter of Python's is one of Java's.
    for (String param : named) {
      String title = Character.toUpperCase(param.charAt(0)) + param.substring(1);
      assertThat(methods(java(name))).contains("set" + title);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NeuralNetClassificationModel",
        "NeuralNetRegressionModel",
        "NeuralNetMultilabelModel"
      })
  void modelsHaveTheSameMethods(String name) throws Exception {
    Wrapped wrapped = wrapped(name);
    Set<String> called = calls(wrapped.body());
    assertThat(called).contains("predict");
    assertThat(methods(java(name))).containsAll(called).containsAll(calls(body("_Model")));
    assertThat(java(name).getMethod("read").getDeclaringClass()).isEqualTo(java(name));
    Set<String> named = new TreeSet<>();
    for (String table : wrapped.tables()) {
      named.addAll(tables().get(table));
    }
    Set<String> there =
        Arrays.stream(java(name).getMethods())
            .filter(m -> Param.class.isAssignableFrom(m.getReturnType()))
            .filter(m -> m.getParameterCount() == 0)
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).isEqualTo(there);
  }

  @Test
  void summariesHaveTheSameMethods() throws Exception {
    Set<String> called = calls(body("NeuralNetTrainingSummary"));
    assertThat(called).contains("objectiveHistory", "history");
    assertThat(methods(NeuralNetTrainingSummary.class)).containsAll(called);
  }

  /** A finished process. */
  private record Outcome(int code, String output) {}

  private Outcome python(Path path, String... command) throws IOException, InterruptedException {
    Path log = folder.resolve("python.log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PYTHONPATH", path.toString(), (a, b) -> b + ":" + a);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("PYSPARK_PYTHON", "python3");
    builder.redirectOutput(log.toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      Assumptions.abort("there is no python3: " + e.getMessage());
      throw e;
    }
    assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tributary.py", "example.py"})
  void isPython(String file) throws Exception {
    Path source = WRAPPER.resolveSibling(file);
    String compile = "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')";
    Outcome outcome = python(folder, "python3", "-c", compile, source.toString());
    assertThat(outcome.code()).as(outcome.output()).isZero();
  }

  /** As {@code spark-submit --py-files deploy/python/tributary.py deploy/python/example.py}. */
  @Test
  void runsWherePySparkIs() throws Exception {
    Outcome there = python(folder, "python3", "-c", "import pyspark, py4j");
    Assumptions.assumeTrue(there.code() == 0, "there is no PySpark");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add") || flag.startsWith("-XX:+Ignore"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.driver.host=127.0.0.1"));
    command.addAll(List.of("--conf", "spark.driver.bindAddress=127.0.0.1"));
    command.addAll(List.of("--py-files", WRAPPER.toAbsolutePath().toString()));
    command.add(WRAPPER.resolveSibling("example.py").toAbsolutePath().toString());
    Outcome outcome = python(folder, command.toArray(new String[0]));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output()).containsPattern("accuracy (0\\.9\\d+|1\\.000)");
  }
}
