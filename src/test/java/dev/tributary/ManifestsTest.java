package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.tributary.cli.Verbs;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The Kubernetes manifests say what it and the Spark operator understand, and name what there is.
 */
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

  /** Kubernetes' own kinds, by the classes that fabric8 makes from its schema. */
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Stream.of(
              Namespace.class,
              PersistentVolumeClaim.class,
              Role.class,
              RoleBinding.class,
              Secret.class,
              ServiceAccount.class)
          .collect(
              Collectors.toMap(
                  kind -> HasMetadata.getApiVersion(kind) + " " + HasMetadata.getKind(kind),
                  kind -> kind));

  /** What is read of a document; a field that its kind does not have is refused. */
  private static HasMetadata ofItsKind(JsonNode document) throws IOException {
    ObjectMapper strict = new ObjectMapper();
    strict.setAnnotationIntrospector(
        new JacksonAnnotationIntrospector() {
          private static final long serialVersionUID = 1L;

          @Override
          public Boolean hasAnySetter(Annotated member) {
            return false;
          }
        });
    String kind = document.get("apiVersion").asText() + " " + document.get("kind").asText();
    assertThat(KINDS).containsKey(kind);
    return strict.treeToValue(document, KINDS.get(kind));
  }

  @ParameterizedTest
  @ValueSource(strings = {"namespace.yaml", "secret.yaml"})
  void isOfKubernetesModel(String file) throws IOException {
    for (JsonNode document : documents(FOLDER.resolve(file))) {
      HasMetadata read = ofItsKind(document);
      JsonNode written = new ObjectMapper().valueToTree(read);
      assertThat(written).isEqualTo(document);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "accessModes, accessMode",
    "roleRef, roleReference",
    "apiGroups, apigroups",
    "resources, resource",
  })
  void aFieldThatKubernetesDoesNotHaveIsFound(String right, String wrong) throws IOException {
    String misspelt =
        new ObjectMapper()
            .writeValueAsString(documents(FOLDER.resolve("namespace.yaml")))
            .replace('"' + right + '"', '"' + wrong + '"');
    assertThatThrownBy(
            () -> {
              for (JsonNode document : new ObjectMapper().readTree(misspelt)) {
                ofItsKind(document);
              }
            })
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining(wrong);
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
