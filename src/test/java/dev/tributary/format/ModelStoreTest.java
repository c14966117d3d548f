package dev.tributary.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.namenode.EditLogFileOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model store on this machine's files, and on HDFS: what a crash leaves is never a half. */
final class ModelStoreTest {
  @TempDir private static java.nio.file.Path folder;

  private static ModelDirectory model(float value) {
    return new ModelDirectory("{}", "{}", "[]", new float[] {value, 1, 2}, Map.of());
  }

  /** The same on each filesystem. */
  abstract static class OnFiles {
    private int tests;

    abstract FileSystem files() throws IOException;

    abstract Path base();

    /** From one place where the process is killed to the next: some 40 ms a file add up. */
    abstract int stride();

    private Path place() {
      return new Path(base(), getClass().getSimpleName() + tests++ + "-" + System.nanoTime());
    }

    private static StoreVersion add(ModelStore store, String period) throws IOException {
      int number = store.next();
      return store.add(
          number,
          model(number),
          Map.of("job.conf", "name = x\n"),
          Map.of("period", period, "promoted", true, "why", "it is better"));
    }

    @Test
    void keepsVersionsAndChampions() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      assertThat(store.versions()).isEmpty();
      assertThat(store.champion()).isEmpty();
      assertThat(store.next()).isEqualTo(1);
      add(store, "monday");
      add(store, "tuesday");
      store.promote(1, "the first");
      store.promote(2, "better");
      store.promote(2, "better");
      assertThat(store.versions()).extracting(StoreVersion::number).containsExactly(1, 2);
      assertThat(store.version(2).period()).isEqualTo("tuesday");
      assertThat(store.version(2).isPromoted()).isTrue();
      assertThat(store.version(2).why()).isEqualTo("it is better");
      assertThat(store.ofPeriod("monday")).map(StoreVersion::number).contains(1);
      assertThat(store.model(store.version(2)).weights()).containsExactly(2, 1, 2);
      assertThat(store.champions()).extracting(Champion::version).containsExactly(1, 2);
    }

    @Test
    void rollsBackAsFarAsThereWereChampions() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      for (int i = 1; i <= 3; i++) {
        add(store, "day " + i);
        store.promote(i, "better");
      }
      assertThat(store.rollback("it sells less").version()).isEqualTo(2);
      assertThat(store.rollback("still").version()).isEqualTo(1);
      assertThatThrownBy(() -> store.rollback("more"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("no champion before this one; nothing was changed");
      assertThat(store.champion()).map(Champion::version).contains(1);
    }

    @Test
    void prunesWhatIsNotNeeded() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      for (int i = 1; i <= 5; i++) {
        add(store, "day " + i);
      }
      store.promote(1, "the first");
      store.promote(2, "better");
      assertThat(store.prune(1)).containsExactly(3, 4);
      assertThat(store.versions()).extracting(StoreVersion::number).containsExactly(1, 2, 5);
      assertThat(store.next()).isEqualTo(6);
    }

    /** What was rolled back from is not what the next rollback brings. */
    @Test
    void neverPrunesWhatARollbackNeeds() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      for (int i = 1; i <= 5; i++) {
        add(store, "day " + i);
      }
      for (int champion : new int[] {1, 2, 3}) {
        store.promote(champion, "better");
      }
      assertThat(store.rollback("complaints").version()).isEqualTo(2);
      assertThat(store.prune(1)).containsExactly(3, 4);
      assertThat(store.rollback("more complaints").version()).isEqualTo(1);
      assertThat(store.prune(1)).containsExactly(2);
      store.promote(5, "by hand");
      assertThat(store.prune(1)).isEmpty();
      assertThat(store.rollback("no").version()).isEqualTo(1);
    }

    /** Further back than prune keeps, a rollback goes to the nearest that is there. */
    @Test
    void rollsBackOverWhatIsPruned() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      for (int i = 1; i <= 4; i++) {
        add(store, "day " + i);
        store.promote(i, "better");
      }
      assertThat(store.prune(1)).containsExactly(1, 2);
      assertThat(store.rollback("complaints").version()).isEqualTo(3);
      assertThatThrownBy(() -> store.rollback("more"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("no champion before this one; nothing was changed");
    }

    @Test
    void saysWhichVersionsThereAre() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      assertThatThrownBy(() -> store.version(3)).hasMessageEndingWith("no version 3; it has none");
      add(store, "monday");
      assertThatThrownBy(() -> store.promote(3, "why not"))
          .isInstanceOf(StoreException.class)
          .hasMessageEndingWith("has no version 3; it has [1]");
    }

    /** Killed after every number of changes, and run again: one version, one champion, whole. */
    @Test
    void survivesDeathAnywhere() throws IOException {
      boolean wasAlive = false;
      int tries = 0;
      for (int kills = 1; !wasAlive; kills += stride()) {
        tries++;
        Path place = place();
        ModelStore before = new ModelStore(files(), place);
        add(before, "monday");
        before.promote(1, "the first");
        FailingFileSystem dying = new FailingFileSystem(files(), kills);
        ModelStore during = new ModelStore(dying, place);
        try {
          add(during, "tuesday");
          during.promote(2, "better");
        } catch (FailingFileSystem.Killed e) {
          assertThat(dying.isAlive()).isFalse();
        }
        wasAlive = dying.isAlive();
        ModelStore after = new ModelStore(files(), place);
        int champion = after.champion().orElseThrow().version();
        assertThat(champion).as("killed at change %d", kills).isBetween(1, 2);
        assertThat(after.model(after.version(champion)).weights()[0]).isEqualTo(champion);
        for (StoreVersion version : after.versions()) {
          assertThat(after.model(version).weights()[0]).isEqualTo(version.number());
        }
        if (after.ofPeriod("tuesday").isEmpty()) {
          add(after, "tuesday");
        }
        after.promote(2, "better");
        assertThat(after.versions()).extracting(StoreVersion::number).containsExactly(1, 2);
        assertThat(after.champions()).extracting(Champion::version).containsExactly(1, 2);
      }
      assertThat(tries).isGreaterThan(4);
    }

    @Test
    void pruningSurvivesDeathAnywhere() throws IOException {
      for (int kills = 1; kills <= 5; kills += stride()) {
        Path place = place();
        ModelStore store = new ModelStore(files(), place);
        for (int i = 1; i <= 3; i++) {
          add(store, "day " + i);
        }
        store.promote(3, "the best");
        try {
          new ModelStore(new FailingFileSystem(files(), kills), place).prune(1);
        } catch (FailingFileSystem.Killed e) {
          assertThat(kills).isLessThan(5);
        }
        for (StoreVersion version : store.versions()) {
          assertThat(store.model(version).weights()[0]).isEqualTo(version.number());
        }
        store.prune(1);
        add(store, "day 4");
        assertThat(store.versions()).extracting(StoreVersion::number).containsExactly(3, 4);
        assertThat(files().listStatus(new Path(place, "versions"))).hasSize(2);
      }
    }

    @Test
    void oneHolderAtATime() throws IOException {
      ModelStore store = new ModelStore(files(), place());
      try (Lease first = store.lease(1).take()) {
        assertThatThrownBy(() -> store.lease(1).take())
            .isInstanceOf(LeaseException.class)
            .hasMessageContaining("another process writes to")
            .hasMessageContaining("run this again when it is done");
        first.check();
      }
      store.lease(1).take().close();
    }

    @Test
    void aHolderThatDoesNotRenewLosesIt() throws IOException {
      Path place = place();
      files().mkdirs(place);
      files().create(new Path(place, "lease"), false).close();
      AtomicBoolean isOver = new AtomicBoolean();
      ModelStore store = new ModelStore(files(), place);
      try (Lease heir = store.lease(1).take()) {
        heir.check();
        files().delete(new Path(place, "lease"), false);
        assertThatThrownBy(heir::check)
            .isInstanceOf(LeaseException.class)
            .hasMessageContaining("another process has taken the lease");
        isOver.set(true);
      }
      assertThat(isOver).isTrue();
    }
  }

  @Nested
  final class OnThisMachine extends OnFiles {
    @Override
    FileSystem files() throws IOException {
      return FileSystem.getLocal(new Configuration());
    }

    @Override
    int stride() {
      return 1;
    }

    @Override
    Path base() {
      return new Path(folder.resolve("local").toUri());
    }
  }

  @Nested
  final class OnHdfs extends OnFiles {
    private static MiniDFSCluster cluster;

    @BeforeAll
    static void start() throws IOException {
      Configuration conf = new HdfsConfiguration();
      conf.set(
          MiniDFSCluster.HDFS_MINIDFS_BASEDIR,
          Files.createDirectories(folder.resolve("dfs")).toString());
      // A test's files need not outlive a power cut.
      EditLogFileOutputStream.setShouldSkipFsyncForTesting(true);
      cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    }

    @AfterAll
    static void stop() {
      cluster.shutdown();
    }

    @Override
    FileSystem files() throws IOException {
      return cluster.getFileSystem();
    }

    @Override
    int stride() {
      return 4;
    }

    @Override
    Path base() {
      return new Path("/stores");
    }
  }

  @Test
  void tellsOfAStoreThatIsDamaged() throws IOException {
    ModelStore store = ModelStore.at(folder.resolve("torn").toString(), new Configuration());
    OnFiles.add(store, "monday");
    Files.writeString(folder.resolve("torn/versions/000001/version.json"), "{ half");
    Files.deleteIfExists(folder.resolve("torn/versions/000001/.version.json.crc"));
    assertThatThrownBy(store::versions)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("version.json is not JSON");
    assertThat(List.of(store.name())).hasSize(1);
  }
}
