import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/** A YARN of one node and an HDFS, their settings in DIR/conf, until there is a file DIR/stop. */
public final class MiniYarn {
  private MiniYarn() {}

  /** Arguments: DIR. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]).toAbsolutePath();
    HdfsConfiguration files = new HdfsConfiguration();
    files.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    MiniDFSCluster dfs = new MiniDFSCluster.Builder(files).numDataNodes(1).build();
    // On the class path too: what a node fetches it finds by its own configuration's file system.
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        folder.resolve("conf/core-site.xml"),
        "<configuration><property><name>fs.defaultFS</name><value>"
            + dfs.getFileSystem().getUri()
            + "</value></property></configuration>\n");
    YarnConfiguration conf = new YarnConfiguration();
    conf.set("fs.defaultFS", dfs.getFileSystem().getUri().toString());
    conf.setInt("yarn.scheduler.minimum-allocation-mb", 128);
    conf.setInt("yarn.nodemanager.resource.memory-mb", 6000);
    conf.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    conf.setBoolean("yarn.nodemanager.pmem-check-enabled", false);
    conf.setInt("yarn.nodemanager.delete.debug-delay-sec", 600);
    conf.setFloat(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 99.9f);
    conf.set("yarn.scheduler.capacity.root.queues", "default,training");
    conf.setInt("yarn.scheduler.capacity.root.default.capacity", 10);
    conf.setInt("yarn.scheduler.capacity.root.training.capacity", 90);
    conf.setFloat("yarn.scheduler.capacity.maximum-am-resource-percent", 0.9f);
    MiniYARNCluster yarn = new MiniYARNCluster("tributary", 1, 1, 1);
    yarn.init(conf);
    yarn.start();
    try (OutputStream out = Files.newOutputStream(folder.resolve("conf/yarn-site.xml"))) {
      yarn.getConfig().writeXml(out);
    }
    Files.createFile(folder.resolve("ready"));
    while (!Files.exists(folder.resolve("stop"))) {
      Thread.sleep(200);
    }
    yarn.stop();
    dfs.shutdown();
    System.exit(0);
  }
}
