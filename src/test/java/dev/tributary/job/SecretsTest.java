package dev.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run directory keeps of a job whose data source needs a password. */
final class SecretsTest {
  private static final String JOB =
      """
      data {
        format = jdbc, train = rows
        options {
          user = me
          password = PASSWORD
          "ssl.key.password" = hush3
          url = "jdbc:postgresql://me:pass1@db/x?password=pass2&ssl=true"
          fetchsize = 1000
        }
      }
      network { input = [2], layers = [{ type = affine, outputs = 2 }] }
      train.optimizer = { type = adam }
      """;

  private static Job parse(String password, Map<String, String> overrides) {
    return JobParser.parse(JOB.replace("PASSWORD", password), "j.conf", "j", overrides);
  }

  private static Map<String, String> options(Job job) {
    TableSpec table = job.data().table();
    assertThat(table).isNotNull();
    return table == null ? Map.of() : table.options();
  }

  @Test
  void secretsAreUsedButNotKept() {
    Job job = parse("\"p,a\\\"ss word\"", Map.of("data.options.token", "hush4"));
    assertThat(options(job))
        .containsEntry("password", "p,a\"ss word")
        .containsEntry("ssl.key.password", "hush3")
        .containsEntry("token", "hush4");
    assertThat(job.text())
        .doesNotContain("ss word")
        .doesNotContain("hush3")
        .doesNotContain("pass1")
        .doesNotContain("pass2")
        .doesNotContain("hush4")
        .contains("fetchsize=1000")
        .contains("user=me")
        .contains("ssl=true");
    Job again = JobParser.parse(job.text(), "job.conf", "j", Map.of());
    assertThat(options(again)).containsEntry("password", "***").containsEntry("user", "me");
    assertThat(again.text()).isEqualTo(job.text());
  }

  /** The environment is asked each time; PATH is there on any machine. */
  @Test
  void referencesToTheEnvironmentAreKept() {
    Job job = parse("${PATH}", Map.of());
    String path = System.getenv("PATH");
    assertThat(options(job)).containsEntry("password", path);
    assertThat(job.text()).contains("${PATH}").doesNotContain(path);
    Job again = JobParser.parse(job.text(), "job.conf", "j", Map.of());
    assertThat(options(again)).isEqualTo(without(options(job), again));
    JobChange.check(job.text(), again.text());
  }

  /** The address had a secret of its own, which is gone. */
  private static Map<String, String> without(Map<String, String> options, Job again) {
    Map<String, String> expected = new java.util.TreeMap<>(options);
    expected.put("url", "jdbc:postgresql://***@db/x?password=***&ssl=true");
    expected.put("ssl.key.password", "***");
    assertThat(options(again)).containsKeys("url");
    return expected;
  }
}
