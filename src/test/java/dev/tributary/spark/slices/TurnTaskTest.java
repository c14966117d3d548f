package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.concurrent.impl.Promise.DefaultPromise;

@Timeout(20)
class TurnTaskTest {
  private static final byte[] ANSWER = {1, 2, 3};

  private final Promise<byte[]> promise = new DefaultPromise<>();

  /**
   * The answer of {@link #promise}, which comes just when the first look at it has been in vain.
   */
  @SuppressWarnings("unchecked")
  private Future<byte[]> afterTheFirstLook(Runnable comes) {
    AtomicBoolean looked = new AtomicBoolean();
    return (Future<byte[]>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Future.class},
            (proxy, method, arguments) -> {
              boolean isLook =
                  method.getName().equals("ready") || method.getName().equals("result");
              if (isLook && looked.compareAndSet(false, true)) {
                comes.run();
                throw new TimeoutException("nothing in 50 ms");
              }
              try {
                return method.invoke(promise.future(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void takesAnAnswerThatComesJustAfterALook() {
    Future<byte[]> answer = afterTheFirstLook(() -> promise.success(ANSWER));
    assertThat(TurnTask.await(answer, () -> false)).isEqualTo(ANSWER);
  }

  /** Spark says by the same exception that it waits no longer. */
  @Test
  void saysThatThereWillBeNoAnswer() {
    TimeoutException late = new TimeoutException("no reply in 120 seconds");
    assertThatIllegalStateException()
        .isThrownBy(
            () -> TurnTask.await(afterTheFirstLook(() -> promise.failure(late)), () -> false))
        .withMessage("the driver does not answer: no reply in 120 seconds")
        .withCause(late);
  }

  @Test
  void endsWhenItsTaskIsKilled() {
    AtomicBoolean isKilled = new AtomicBoolean();
    Future<byte[]> never = afterTheFirstLook(() -> isKilled.set(true));
    assertThat(TurnTask.await(never, isKilled::get)).isNull();
  }
}
