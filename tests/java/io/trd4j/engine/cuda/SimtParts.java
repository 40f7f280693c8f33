package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;

/** Whole parts of a model file on the device of the SIMT harness; for tests outside this package. */
public final class SimtParts {
    private final HostDevice device;

    /** @param seed of the order in which the streams' work runs */
    public SimtParts(long seed) {
        Simt.require();
        device = new HostDevice(seed);
    }

    public CudaPartEngine open(Path model, Precision precision, boolean maps) throws IOException {
        try (ModelFile file = ModelFile.open(model)) {
            ModelInfo info = file.info();
            CudaNetwork network = CudaNetworks.of(
                    device,
                    ExecutionPlan.of(info.backbone(), info.size()),
                    (tensor, offset, target) -> file.tensors().read(tensor, 4 * offset, target),
                    precision,
                    ConvolutionBackend.LIBTRD,
                    null,
                    2);
            return new CudaPartEngine(network, info, maps);
        }
    }

    /** The next wait for the device fails as if it were lost. */
    public void lose() {
        device.fail(HostDevice.lost());
    }

    /** No more than that much of the device's memory can be had from now on, beyond what is in use. */
    public void leave(long bytes) {
        device.limit(bytes == Long.MAX_VALUE ? bytes : device.allocated() + bytes);
    }

    public long allocated() {
        return device.allocated();
    }

    public int openHandles() {
        return device.openHandles();
    }
}
