package dev.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RedactionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cannot read s3a://AKIA:s3cr/t@b/x | cannot read s3a://AKIA:s3cr/t@b/x",
        "cannot read s3a://AKIA:s3crt@b/x: no | cannot read s3a://***@b/x: no",
        "ftp://token@host and hdfs://host/a@b | ftp://***@host and hdfs://host/a@b",
        "-D fs.s3a.secret.key=abc+/= is not known | -D fs.s3a.secret.key=*** is not known",
        "{\"password\" : \"p w\", \"n\": 1} | {\"password\" : \"*** w\", \"n\": 1}",
        "fs.azure.account.key.x.net = kk== | fs.azure.account.key.x.net = ***",
        "http://h/p?X-Amz-Signature=abc&n=1 | http://h/p?X-Amz-Signature=***&n=1",
        "got token: ',' in line 3 | got token: ',' in line 3",
        "a@b.org at 12:30 | a@b.org at 12:30",
      })
  void takesCredentialsOut(String text, String expected) {
    assertThat(Redaction.of(text)).isEqualTo(expected);
  }

  /** A job's text stays a job but for addresses. */
  @Test
  void leavesKeysOfAJobAlone() {
    String job = "token = 3\ndata.train = \"s3a://key:secret@bucket/train\"\n";
    assertThat(Redaction.ofAddresses(job))
        .isEqualTo("token = 3\ndata.train = \"s3a://***@bucket/train\"\n");
  }

  /** The patterns take time in proportion to the text. */
  @Test
  void endsOnAnyText() {
    String text = "secret".repeat(20_000) + "://" + "a:".repeat(20_000);
    assertThat(Redaction.of(text)).startsWith("secret");
  }
}
