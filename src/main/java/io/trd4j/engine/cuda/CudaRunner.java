package io.trd4j.engine.cuda;

import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.StepProfile;
import io.trd4j.model.Precision;
import io.trd4j.ops.Distances;
import io.trd4j.ops.ElementType;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The network alone on a device: prepared images from the host in, distances to the host out, in one graph. */
public final class CudaRunner implements NetworkRunner {
    private final Session session;
    private final CudaNetwork network;
    private HostMemory images;
    private HostMemory distances;
    private final Distances[] views = new Distances[2];
    private Session.Captured captured;
    private boolean closed;

    /** Takes over one use of the network, which it closes when it is closed. */
    public CudaRunner(CudaNetwork network) {
        this.network = network;
        session = new Session(network);
        try {
            images = new HostMemory(network.device(), network.images().buffer().bytes());
            long all = 0;
            for (int scale = 0; scale < 3; scale++) {
                all += 2 * mapBytes(scale);
            }
            distances = new HostMemory(network.device(), all);
            for (int branch = 0; branch < 2; branch++) {
                views[branch] = new Distances(
                        at(branch, 0),
                        network.plan().side(0),
                        at(branch, 1),
                        network.plan().side(1),
                        at(branch, 2),
                        network.plan().side(2));
            }
            captured = session.capture(this::input, this::output);
        } catch (RuntimeException | Error e) {
            close();
            throw CudaErrors.translated(e);
        }
    }

    private long mapBytes(int scale) {
        long side = network.plan().side(scale);
        return side * side * Float.BYTES;
    }

    /** Where a scale's two maps begin on the host. */
    private long offset(int scale) {
        long offset = 0;
        for (int i = 0; i < scale; i++) {
            offset += 2 * mapBytes(i);
        }
        return offset;
    }

    private FloatPointer at(int branch, int scale) {
        return new FloatPointer(distances.pointer().getPointer(offset(scale) + branch * mapBytes(scale)))
                .capacity(mapBytes(scale) / Float.BYTES);
    }

    private void input(PartInput input, Recording r) {
        long bytes = input.image().imageBytes();
        r.device()
                .copyToDevice(
                        r.stream(input.stream()),
                        r.address(input.image()),
                        images.address() + input.branch() * bytes,
                        bytes);
    }

    private void output(PartOutput step, Recording r) {
        for (int scale = 0; scale < 3; scale++) {
            r.device()
                    .copyToHost(
                            r.stream(step.stream()),
                            distances.address() + offset(scale),
                            r.address(step.distances()[scale]),
                            2 * mapBytes(scale));
        }
    }

    @Override
    public Pointer image(int branch) {
        return images.pointer().getPointer(branch * images.bytes() / 2);
    }

    @Override
    public Precision precision() {
        return network.precision();
    }

    @Override
    public ElementType imageType() {
        return network.type();
    }

    /** The images are kept. */
    @Override
    public void run() {
        network.device().use();
        try {
            captured.run();
        } catch (RuntimeException e) {
            throw CudaErrors.translated(e);
        }
    }

    @Override
    public Distances distances(int branch) {
        return views[branch];
    }

    /** Nodes of the graph: kernels, copies. */
    public long nodes() {
        return captured.nodes();
    }

    /** For listings: the device's index and name. */
    public String device() {
        return network.deviceName();
    }

    /** Bytes of device memory for the weights, shared with duplicates. */
    public long weightBytes() {
        return network.weights().bytes();
    }

    /** Bytes of device memory for this runner's feature maps and scratch. */
    public long arenaBytes() {
        return network.schedule().arenaBytes();
    }

    /** The steps in the order of their recording; without times, as steps run side by side. */
    public List<StepProfile> steps() {
        return network.schedule().steps().stream().map(StepListing::of).toList();
    }

    @Override
    public NetworkRunner duplicate() {
        return new CudaRunner(network.share());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        network.device().use();
        if (captured != null) {
            captured.close();
        }
        for (Distances view : views) {
            if (view != null) {
                view.close();
            }
        }
        if (images != null) {
            images.close();
        }
        if (distances != null) {
            distances.close();
        }
        session.close();
    }
}
