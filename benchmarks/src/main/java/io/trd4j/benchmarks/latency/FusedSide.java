package io.trd4j.benchmarks.latency;

import io.trd4j.model.ModelFile;
import io.trd4j.model.network.LibTorch;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** {@link FusedNetwork} in fp32 or bf16. */
final class FusedSide implements Side {
    private final FusedNetwork network;
    private final String precision;
    private final int size;
    private final float[][] images = new float[2][];
    private final float[] maps;

    FusedSide(Inputs inputs, String precision, int threads) throws IOException {
        this.precision = precision;
        LibTorch.setThreads(threads);
        try (ModelFile model = ModelFile.open(inputs.model())) {
            size = model.info().size();
            network = new FusedNetwork(
                    model,
                    switch (precision) {
                        case "fp32" -> torch.ScalarType.Float;
                        case "bf16" -> torch.ScalarType.BFloat16;
                        default -> throw new Unavailable("the fused operators run in fp32 and bf16 only");
                    });
        }
        for (int i = 0; i < 2; i++) {
            images[i] = inputs.prepared(i);
        }
        maps = new float[2 * size * size];
    }

    @Override
    public String version() {
        return LibTorch.describe();
    }

    @Override
    public String setting() {
        return precision + ", fused oneDNN operators called from Java, BatchNorm folded";
    }

    @Override
    public boolean blurred() {
        return false;
    }

    @Override
    public float[] maps() {
        return maps.clone();
    }

    @Override
    public Map<String, Double> pass() {
        try (PointerScope scope = new PointerScope()) {
            Tensor rgb = Tensor.create(images[0], 1, 3, size, size);
            Tensor second = Tensor.create(images[1], 1, 3, size, size);
            long start = System.nanoTime();
            Tensor[] both = network.maps(rgb, second);
            double millis = (System.nanoTime() - start) / 1e6;
            for (int i = 0; i < 2; i++) {
                new FloatPointer(both[i].contiguous().data_ptr()).get(maps, i * size * size, size * size);
            }
            return Map.of("network", millis);
        }
    }

    /** The process ends with this side, and takes the weights along. */
    @Override
    public void close() {}
}
