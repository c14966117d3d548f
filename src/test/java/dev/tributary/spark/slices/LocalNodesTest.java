package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.spark.slices.LocalNodes.Node;
import dev.tributary.train.GradientSum;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Neighbours are added before they are sent, by the last task to end. */
final class LocalNodesTest {
  private static GradientSum sum() {
    return new GradientSum(0);
  }

  private static List<String> places(List<Node> nodes) {
    return nodes.stream().map(n -> n.left() + "+" + n.size()).toList();
  }

  @Test
  void theLastTaskSendsWhatHasComeTogether() {
    LocalNodes nodes = new LocalNodes(true);
    for (int i = 0; i < 4; i++) {
      nodes.begin(1);
    }
    nodes.add(1, 3, sum());
    assertThat(nodes.end()).isEmpty();
    nodes.add(1, 6, sum());
    assertThat(nodes.end()).isEmpty();
    assertThat(nodes.end()).as("of a task that failed").isEmpty();
    nodes.add(1, 2, sum());
    assertThat(places(nodes.end())).containsExactly("2+2", "6+1");
    nodes.begin(1);
    nodes.add(1, 7, sum());
    assertThat(places(nodes.end())).as("a task that came later").containsExactly("7+1");
  }

  @Test
  void nothingOfAnEarlierStepStays() {
    LocalNodes nodes = new LocalNodes(true);
    nodes.begin(1);
    nodes.begin(1);
    nodes.add(1, 0, sum());
    nodes.begin(2);
    nodes.add(1, 1, sum());
    assertThat(nodes.end()).isEmpty();
    nodes.add(2, 5, sum());
    assertThat(nodes.end()).isEmpty();
    assertThat(places(nodes.end())).containsExactly("5+1");
  }

  /** Where copies of tasks run elsewhere, a node could overlap another's. */
  @Test
  void sendsAtOnceWithSpeculation() {
    LocalNodes nodes = new LocalNodes(false);
    nodes.begin(1);
    nodes.begin(1);
    nodes.add(1, 0, sum());
    assertThat(places(nodes.end())).containsExactly("0+1");
    nodes.add(1, 1, sum());
    assertThat(places(nodes.end())).containsExactly("1+1");
  }
}
