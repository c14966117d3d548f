package dev.tributary.spark.slices;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.network.BlockDataManager;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.StreamCallbackWithID;
import org.apache.spark.network.netty.NettyBlockTransferService;
import org.apache.spark.network.shuffle.checksum.Cause;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.concurrent.Future;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * This JVM's end of the exchange: one more of Spark's own block transfer services, which hands what
 * arrives to the descent it is for, and not to the block manager. It is authenticated and encrypted
 * by the same settings as all of Spark's transfers.
 */
final class Peer {
  private static @Nullable Peer open;

  private final SparkEnv env;
  private final NettyBlockTransferService service;
  private final ConcurrentMap<Long, SliceNode> nodes = new ConcurrentHashMap<>();

  /** Who asks others without a node of their own. */
  private int users;

  private Peer(SparkEnv env) {
    this.env = env;
    String host = env.blockManager().blockManagerId().host();
    String bind = isDriver(env) ? env.conf().get("spark.driver.bindAddress", host) : host;
    int port = env.conf().getInt("spark.tributary.exchange.port", 0);
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    this.service =
        new NettyBlockTransferService(
            env.conf(),
            env.securityManager(),
            env.serializerManager(),
            bind,
            host,
            port,
            threads,
            null);
    service.init(new Receiver());
  }

  private static boolean isDriver(SparkEnv env) {
    return env.executorId().equals("driver");
  }

  /** This JVM's, opened if it is not. */
  static synchronized Peer here() {
    SparkEnv env = SparkEnv.get();
    if (open != null && open.env != env) {
      open.close();
      open = null;
    }
    if (open == null) {
      open = new Peer(env);
    }
    return open;
  }

  /** This JVM's, for someone who asks others, until it is left. */
  static synchronized Peer use() {
    Peer peer = here();
    peer.users++;
    return peer;
  }

  /** Takes one use back. */
  void leave() {
    synchronized (Peer.class) {
      users--;
    }
  }

  /** Closes this JVM's if nobody uses it. */
  static synchronized void closeIfIdle() {
    if (open != null && open.nodes.isEmpty() && open.users == 0) {
      open.close();
      open = null;
    }
  }

  private void close() {
    nodes.values().forEach(SliceNode::close);
    nodes.clear();
    service.close();
  }

  /** Where others find it. */
  Seat seat() {
    return new Seat(env.executorId(), service.hostName(), service.port());
  }

  /** The node of a run, whatever its generation; null if it has none here. */
  @Nullable SliceNode node(long run) {
    return nodes.get(run);
  }

  /** The node of a plan; a guest's if the executor has no seat in it. */
  SliceNode nodeOrGuest(SlicePlan plan) {
    putIfNewer(plan, () -> new SliceNode(plan, this, null));
    return Objects.requireNonNull(nodes.get(plan.run()));
  }

  /** Takes a node in, in the place of one of an earlier generation. */
  synchronized void putIfNewer(SlicePlan plan, Supplier<SliceNode> node) {
    SliceNode before = nodes.get(plan.run());
    if (before != null && before.generation() >= plan.generation()) {
      return;
    }
    if (before != null) {
      before.close();
    }
    nodes.put(plan.run(), node.get());
  }

  /** Lets a run's node go. */
  void remove(long run) {
    SliceNode node = nodes.remove(run);
    if (node != null) {
      node.close();
    }
  }

  /** Sends a message; the future ends when it has been taken in, or with what went wrong. */
  Future<BoxedUnit> send(Seat to, long run, ByteBuffer message) {
    return service.uploadBlock(
        to.host(),
        to.port(),
        to.executor(),
        new BroadcastBlockId(run, ""),
        new NioManagedBuffer(message),
        StorageLevel.MEMORY_ONLY(),
        TAG);
  }

  /** Asks a piece's owner for it; the answer may be that it is not there yet. */
  Message ask(Seat owner, Request request) throws IOException {
    try {
      ManagedBuffer answer =
          service.fetchBlockSync(
              owner.host(), owner.port(), owner.executor(), request.id().name(), null);
      return Message.decode(answer.nioByteBuffer());
    } catch (IOException | RuntimeException e) {
      throw new IOException("cannot ask " + owner + ": " + e.getMessage(), e);
    } catch (Exception e) {
      // Spark's Scala methods throw its checked exception without declaring it.
      if (e instanceof SparkException) {
        throw new IOException("cannot ask " + owner + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private static final ClassTag<Object> TAG = ClassTag$.MODULE$.apply(Object.class);

  /** How long a message may take, in seconds: Spark's own patience. */
  static long timeoutSeconds() {
    return SparkEnv.get().conf().getTimeAsSeconds("spark.network.timeout", "120s");
  }

  /** Waits for a message to be taken in. */
  static void await(Future<BoxedUnit> sent) throws IOException {
    try {
      sent.result(
          scala.concurrent.duration.Duration.apply(timeoutSeconds(), TimeUnit.SECONDS), PERMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (Exception e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  private static final scala.concurrent.CanAwait PERMIT = new scala.concurrent.CanAwait() {};

  /** Takes messages in; all else that blocks can do is not for these. */
  private final class Receiver implements BlockDataManager {
    @Override
    public boolean putBlockData(
        BlockId id, ManagedBuffer data, StorageLevel level, ClassTag<?> tag) {
      SliceNode node = id instanceof BroadcastBlockId of ? nodes.get(of.broadcastId()) : null;
      if (node != null) {
        try {
          node.receive(Message.decode(data.nioByteBuffer()));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
      return true;
    }

    @Override
    public StreamCallbackWithID putBlockDataAsStream(
        BlockId id, StorageLevel level, ClassTag<?> tag) {
      throw notThese();
    }

    @Override
    public ManagedBuffer getLocalBlockData(BlockId id) {
      Request request = Request.of(id);
      SliceNode node = nodes.get(request.run());
      if (node == null) {
        throw new IllegalStateException("this executor has no seat in " + id);
      }
      return new NioManagedBuffer(node.serve(request));
    }

    @Override
    public ManagedBuffer getHostLocalShuffleData(BlockId id, String[] folders) {
      throw notThese();
    }

    @Override
    public String[] getLocalDiskDirs() {
      return new String[0];
    }

    @Override
    public Cause diagnoseShuffleBlockCorruption(BlockId id, long checksum, String algorithm) {
      throw notThese();
    }

    @Override
    public void releaseLock(BlockId id, Option<TaskContext> task) {}

    private UnsupportedOperationException notThese() {
      return new UnsupportedOperationException("there are no other blocks than pieces");
    }
  }
}
