package io.trd4j.benchmarks.latency;

import io.trd4j.model.ModelFile;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The network as trd4j trains it: LibTorch's ordinary ops one after the other, unfolded, channels-last; not the engine.
 */
final class LibTorchSide implements Side {
    private final Network network;
    private final BranchMaps branchMaps;
    private final float[][] images = new float[2][];
    private final int size;

    LibTorchSide(Inputs inputs, int threads) throws IOException {
        LibTorch.setThreads(threads);
        try (ModelFile file = ModelFile.open(inputs.model())) {
            size = file.info().size();
            network = Network.load(file);
        }
        branchMaps = new BranchMaps(network, size);
        for (int i = 0; i < 2; i++) {
            images[i] = inputs.prepared(i);
        }
    }

    @Override
    public String version() {
        return LibTorch.describe();
    }

    @Override
    public String setting() {
        return "fp32, ordinary ops, channels-last, not folded";
    }

    @Override
    public boolean blurred() {
        return false;
    }

    @Override
    public float[] maps() {
        float[] both = new float[2 * size * size];
        branchMaps.rgb().get(both, 0, size * size);
        branchMaps.depth().get(both, size * size, size * size);
        return both;
    }

    @Override
    public Map<String, Double> pass() {
        try (PointerScope scope = new PointerScope()) {
            Tensor rgb = Tensor.create(images[0], 1, 3, size, size);
            Tensor second = Tensor.create(images[1], 1, 3, size, size);
            long start = System.nanoTime();
            branchMaps.compute(rgb, second);
            branchMaps.rgb();
            branchMaps.depth();
            return Map.of("network", (System.nanoTime() - start) / 1e6);
        }
    }

    @Override
    public void close() {
        branchMaps.close();
        network.close();
    }
}
