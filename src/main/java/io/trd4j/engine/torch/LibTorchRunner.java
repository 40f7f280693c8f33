package io.trd4j.engine.torch;

import io.trd4j.engine.NetworkRunner;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import io.trd4j.ops.Distances;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Retained;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The unfolded network in LibTorch: the reference of the other runners, and what runs where oneDNN's binding does not
 * exist. LibTorch allocates during a part.
 */
public final class LibTorchRunner implements NetworkRunner {
    /** The network and how many runners use it. */
    private record Shared(Network network, AtomicInteger users) {}

    private final Shared shared;
    private final int size;
    private final int threads;
    private final BranchMaps maps;
    private final FloatPointer[] images = new FloatPointer[2];
    private boolean closed;

    private LibTorchRunner(Shared shared, int size, int threads) {
        this.shared = shared;
        this.size = size;
        this.threads = threads;
        maps = new BranchMaps(shared.network(), size);
        for (int branch = 0; branch < 2; branch++) {
            images[branch] = Retained.of(new FloatPointer(3L * size * size));
        }
    }

    /**
     * Loads a model's weights.
     *
     * @param threads of LibTorch's operators
     */
    public static LibTorchRunner open(ModelFile file, int threads) throws IOException {
        LibTorch.setThreads(threads);
        return new LibTorchRunner(
                new Shared(Network.load(file), new AtomicInteger(1)),
                file.info().size(),
                threads);
    }

    @Override
    public Pointer image(int branch) {
        return images[branch];
    }

    @Override
    public Precision precision() {
        return Precision.FP32;
    }

    @Override
    public ElementType imageType() {
        return ElementType.FLOAT32;
    }

    @Override
    public void run() {
        Ops.setThreads(threads);
        try (PointerScope scope = new PointerScope()) {
            maps.compute(image(images[0]), image(images[1]));
        }
    }

    private Tensor image(FloatPointer values) {
        return torch.from_blob(values, new long[] {1, size, size, 3}).permute(0, 3, 1, 2);
    }

    @Override
    public Distances distances(int branch) {
        return branch == 0 ? maps.rgbDistances() : maps.depthDistances();
    }

    @Override
    public NetworkRunner duplicate() {
        shared.users().incrementAndGet();
        return new LibTorchRunner(shared, size, threads);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            maps.close();
            images[0].close();
            images[1].close();
            if (shared.users().decrementAndGet() == 0) {
                shared.network().close();
            }
        }
    }
}
