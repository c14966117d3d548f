package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.tributary.cli.Verbs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The Kubernetes manifests say what the Spark operator understands, and name what there is. */
final class ManifestsTest {
  private static final Path FOLDER = Path.of("deploy/kubernetes");

  private static List<JsonNode> documents(Path file) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    for (Object document : yaml.loadAll(Files.readString(file))) {
      documents.add(new ObjectMapper().valueToTree(document));
    }
    return documents;
  }

  private static JsonSchema schema() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            ManifestsTest.class.getResourceAsStream(
                "/kubernetes/spark-operator-v1beta2.schema.json"))) {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(in);
    }
  }

  private static List<Path> applications() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(f -> f.toString().matches(".*train\\.yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("applications")
  void isOfTheOperatorsSchema(Path file) throws IOException {
    for (JsonNode document : documents(file)) {
      assertThat(schema().validate(document)).as(file.toString()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("applications")
  void namesWhatThereIs(Path file) throws IOException {
    JsonNode spec = documents(file).get(0).get("spec");
    JsonNode application = spec.has("template") ? spec.get("template") : spec;
    assertThat(application.get("mainClass").asText()).isEqualTo("dev.tributary.cli.Main");
    List<String> arguments =
        StreamSupport.stream(application.get("arguments").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    assertThat(Verbs.names()).contains(arguments.get(0));
    String image = "/opt/tributary/";
    arguments.stream()
        .filter(a -> a.startsWith(image))
        .forEach(a -> assertThat(Path.of(a.substring(image.length()))).exists());
  }

  @Test
  void aMisspeltFieldIsFound() throws IOException {
    JsonNode document = documents(FOLDER.resolve("train.yaml")).get(0);
    String misspelt = document.toString().replace("memoryOverhead", "memoryOverhaed");
    assertThat(schema().validate(new ObjectMapper().readTree(misspelt)).toString())
        .contains("memoryOverhaed");
  }

  @Test
  void whatTheyUseIsMadeBefore() throws IOException {
    List<JsonNode> made = documents(FOLDER.resolve("namespace.yaml"));
    assertThat(made)
        .extracting(d -> d.get("kind").asText() + " " + d.at("/metadata/name").asText())
        .contains(
            "Namespace tributary", "ServiceAccount tributary", "PersistentVolumeClaim tributary");
    JsonNode secret = documents(FOLDER.resolve("secret.yaml")).get(0);
    assertThat(secret.get("stringData").fieldNames())
        .toIterable()
        .containsExactly("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
  }

  @Test
  void theImageDoesNotRunAsRoot() throws IOException {
    assertThat(Files.readAllLines(FOLDER.resolve("Dockerfile"))).contains("USER 185");
  }
}
