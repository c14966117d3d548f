package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Step;
import dev.tributary.train.GradientSum;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where driver and tasks of one JVM meet. */
final class RendezvousTest {
  private static final Step STEP = new Step(0, 0, 0, 1);

  @Test
  void isThereUntilItIsOver() {
    Rendezvous one = new Rendezvous(3);
    try (Rendezvous two = new Rendezvous(1)) {
      assertThat(one.name().find()).isSameAs(one);
      one.close();
      assertThat(one.name().find()).isNull();
      assertThat(two.name().find()).isSameAs(two);
      Rendezvous.Name elsewhere = new Rendezvous.Name(UUID.randomUUID(), two.name().number());
      assertThatThrownBy(elsewhere::find)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a task that passes weights by reference is not in the driver's JVM");
    }
  }

  @Test
  void aStepIsCompleteWhenEachPlaceHasItsFirstSum() throws InterruptedException {
    try (Rendezvous both = new Rendezvous(2)) {
      float[] weights = {1, 2};
      Rendezvous.Round round = both.begin(weights, STEP, false);
      assertThat(both.next(1, false, () -> false)).isSameAs(round);
      GradientSum first = new GradientSum(2);
      both.leave(round, 1, first);
      both.leave(round, 1, new GradientSum(2));
      assertThat(both.next(1, false, () -> false)).as("its part is done").isNull();
      assertThat(both.await(round, () -> true)).as("place 0 is missing").isFalse();
      both.leave(round, 0, new GradientSum(2));
      assertThat(both.await(round, () -> true)).isTrue();
      assertThat(round.sums()[1]).isSameAs(first);
      assertThat(round.weights()).isSameAs(weights);
    }
  }

  @Test
  void aTaskThatStaysGetsTheNextStep() throws InterruptedException, ExecutionException {
    try (Rendezvous one = new Rendezvous(1)) {
      Rendezvous.Round round = one.begin(new float[1], STEP, false);
      one.leave(round, 0, new GradientSum(1));
      CompletableFuture<Rendezvous.Round> waiting =
          CompletableFuture.supplyAsync(() -> one.next(0, true, () -> false));
      Rendezvous.Round next = one.begin(new float[1], STEP, false);
      // Where the task was slow to come or to wait it is null, and its job would be followed by
      // another.
      assertThat(waiting.get()).isIn(next, null);
      assertThat(one.next(0, true, () -> false)).isSameAs(next);
    }
  }

  /** Else its job would go on with one task, and that one make every step alone. */
  @Test
  void aTaskWaitsForSlowerOnesOfItsStep() throws InterruptedException {
    try (Rendezvous both = new Rendezvous(2)) {
      Rendezvous.Round round = both.begin(new float[1], STEP, false);
      both.leave(round, 0, new GradientSum(1));
      CompletableFuture<Rendezvous.Round> waiting =
          CompletableFuture.supplyAsync(() -> both.next(0, true, () -> false));
      TimeUnit.MILLISECONDS.sleep(200);
      assertThat(waiting).isNotDone();
      assertThat(both.isTurnOver()).isFalse();
      both.leave(round, 1, new GradientSum(1));
    }
  }

  /** Its place may be wanted by the one that it waits for; then all leave. */
  @Test
  void aTaskDoesNotWaitForEver() {
    try (Rendezvous both = new Rendezvous(2)) {
      Rendezvous.Round round = both.begin(new float[1], STEP, false);
      both.leave(round, 0, new GradientSum(1));
      assertThat(both.next(0, true, () -> false)).isNull();
      assertThat(both.isTurnOver()).isTrue();
      assertThat(both.next(1, true, () -> false)).as("its part is wanted").isSameAs(round);
      both.leave(round, 1, new GradientSum(1));
      assertThat(both.next(1, true, () -> false)).as("all leave").isNull();
      both.beginTurn();
      assertThat(both.isTurnOver()).isFalse();
    }
  }

  @Test
  void tasksLeaveAfterTheLastStepWhenKilledAndWhenItIsOver() {
    Rendezvous one = new Rendezvous(1);
    Rendezvous.Round last = one.begin(new float[1], STEP, true);
    assertThat(one.next(0, true, () -> true)).as("killed").isNull();
    assertThat(one.isTurnOver()).isTrue();
    assertThat(one.next(0, true, () -> false)).as("its part is wanted").isSameAs(last);
    one.leave(last, 0, new GradientSum(1));
    assertThat(one.next(0, true, () -> false)).as("after the last").isNull();
    one.beginTurn();
    Rendezvous.Round next = one.begin(new float[1], STEP, false);
    assertThat(one.next(0, true, () -> false)).isSameAs(next);
    one.close();
    assertThat(one.next(0, true, () -> false)).as("over").isNull();
  }
}
