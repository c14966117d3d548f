package dev.tributary.spark.slices;

import java.util.function.BiConsumer;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpoint;
import org.apache.spark.rpc.RpcEnv;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/** Where tasks ask the driver what to do: an endpoint of Spark's RPC, which passes on bytes. */
final class TurnDesk implements RpcEndpoint {
  private final RpcEnv rpcEnv;
  private final BiConsumer<byte[], RpcCallContext> asked;

  /**
   * Of the driver.
   *
   * @param asked takes a task's message, and answers it at some time
   */
  TurnDesk(RpcEnv rpcEnv, BiConsumer<byte[], RpcCallContext> asked) {
    this.rpcEnv = rpcEnv;
    this.asked = asked;
  }

  @Override
  public RpcEnv rpcEnv() {
    return rpcEnv;
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
    return new AbstractPartialFunction<>() {
      @Override
      public boolean isDefinedAt(Object message) {
        return message instanceof byte[];
      }

      @Override
      public BoxedUnit apply(Object message) {
        asked.accept((byte[]) message, context);
        return BoxedUnit.UNIT;
      }
    };
  }
}
