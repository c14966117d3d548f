package dev.tributary.engine.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.javacpp.Pointer;

/** One primitive of a plan, with its arguments, which are pointed at their values in each run. */
final class Step {
  private final Context context;
  private final primitive kernel;
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final memory[] memories;
  private final Plan.Place[] places;
  private final memory scratchpad;

  /** Makes the primitive; all it needs is kept until {@link #close}. */
  Step(
      Context context,
      primitive_desc_base descriptor,
      memory.desc scratchpadLayout,
      Plan.Argument[] given) {
    this.context = context;
    this.kernel = new primitive(descriptor.get());
    this.memories = new memory[given.length];
    this.places = new Plan.Place[given.length];
    for (int i = 0; i < given.length; i++) {
      memories[i] = unbound(given[i].layout());
      places[i] = given[i].place();
      arguments.put(given[i].role(), memories[i]);
      if (places[i] instanceof Plan.Constant constant) {
        memories[i].set_data_handle(constant.block().start());
      }
    }
    this.scratchpad = unbound(scratchpadLayout);
    arguments.put(dnnl.DNNL_ARG_SCRATCHPAD, scratchpad);
    natives().forEach(Pointer::retainReference);
  }

  private memory unbound(memory.desc layout) {
    return new memory(layout, context.cpu(), new Pointer());
  }

  private List<Pointer> natives() {
    List<Pointer> all = new ArrayList<>(List.of(memories));
    all.add(scratchpad);
    all.add(arguments);
    all.add(kernel);
    return all;
  }

  void execute(NativeBuffer[] buffers, long scratchpadOffset) {
    for (int i = 0; i < memories.length; i++) {
      Plan.Place place = places[i];
      if (place instanceof Plan.Given given) {
        memories[i].set_data_handle(buffers[given.i()].start());
      } else if (place instanceof Plan.Rounded rounded) {
        memories[i].set_data_handle(buffers[rounded.i()].rounded().start());
      } else if (place instanceof Plan.Work work) {
        memories[i].set_data_handle(context.work(work.offset()));
      }
    }
    scratchpad.set_data_handle(context.work(scratchpadOffset));
    kernel.execute(context.stream(), arguments);
  }

  void close() {
    natives().forEach(Pointer::releaseReference);
  }
}
