package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What is in the jar that users run, and what is not. */
final class FatJarIT {
  private static final Path JAR =
      Path.of(System.getProperty("tributary.basedir", "."), "target/tributary.jar");

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      return jar.stream().filter(e -> !e.isDirectory()).map(JarEntry::getName).toList();
    }
  }

  private static String text(String entry) throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile());
        InputStream in = jar.getInputStream(jar.getJarEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void leavesOutWhatSparkBrings() throws IOException {
    assertThat(entries())
        .noneMatch(
            e ->
                e.matches("(org/apache/(spark|hadoop|commons|logging)|scala|breeze|org/slf4j).*")
                    || e.startsWith("com/fasterxml/"));
  }

  /** So that a cluster's own versions, older ones perhaps, are not met. */
  @Test
  void movesWhatAClusterMayHave() throws IOException {
    assertThat(entries())
        .noneMatch(e -> e.matches("(com/typesafe/config|picocli|me/tongfei).*\\.class"))
        .contains("dev/tributary/shaded/config/Config.class");
  }

  @Test
  void carriesLicences() throws IOException {
    assertThat(text("META-INF/LICENSE")).contains("Apache License");
    assertThat(text("META-INF/THIRD-PARTY.md")).contains("Tongfei Chen");
    assertThat(entries()).contains("META-INF/AL2.0");
  }

  /** PySpark imports from a jar's root; Spark SQL finds extensions by the service file. */
  @Test
  void carriesTheEstimatorsForPythonAndSql() throws IOException {
    assertThat(text("tributary.py"))
        .isEqualTo(Files.readString(JAR.resolveSibling("../deploy/python/tributary.py")));
    assertThat(text("META-INF/services/org.apache.spark.sql.SparkSessionExtensionsProvider"))
        .contains("dev.tributary.spark.ml.TributaryExtensions");
  }

  @Test
  void carriesTheListOfItsParts() throws IOException {
    if (!entries().contains("META-INF/sbom/tributary.cdx.json")) {
      Assumptions.abort("built with mvn -o: Maven leaves out the CycloneDX plugin when offline");
    }
    JsonNode sbom = new ObjectMapper().readTree(text("META-INF/sbom/tributary.cdx.json"));
    assertThat(sbom.get("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(StreamSupport.stream(sbom.get("components").spliterator(), false))
        .allSatisfy(c -> assertThat(c.get("licenses")).as(c.get("name").asText()).isNotEmpty())
        .extracting(c -> c.get("name").asText())
        .contains("config", "dnnl", "jna", "picocli", "progressbar", "jspecify")
        .noneMatch(name -> name.startsWith("spark-"));
    // What would differ from one build to the next.
    assertThat(sbom.has("serialNumber")).isFalse();
    assertThat(sbom.at("/metadata/timestamp").isMissingNode()).isTrue();
  }
}
