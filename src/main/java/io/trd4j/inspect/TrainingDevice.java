package io.trd4j.inspect;

import io.trd4j.engine.cuda.CudaSupport;
import io.trd4j.io.InputException;
import io.trd4j.model.network.TorchDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the device on which LibTorch trains on this machine, and loads the libraries that it needs there. */
public final class TrainingDevice {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingDevice.class);

    private TrainingDevice() {}

    /**
     * @return the GPU that is asked for; with AUTO the first GPU when it and LibTorch's GPU build can be used, else the
     *     CPU
     * @throws InputException when a GPU is asked for that cannot be used, with the reason
     */
    public static TorchDevice of(DeviceChoice choice) {
        if (choice.kind() == DeviceChoice.Kind.CPU) {
            return TorchDevice.CPU;
        }
        String problem = CudaSupport.check(choice.index()).reason();
        if (problem == null) {
            problem = CudaSupport.cudnnProblem();
        }
        if (problem == null) {
            return new TorchDevice(choice.index());
        }
        if (choice.kind() == DeviceChoice.Kind.CUDA) {
            throw new InputException("--device " + choice.key() + " is not available to train on: " + problem
                    + " (or use --device cpu)");
        }
        LOG.debug("training on the CPU: {}", problem);
        return TorchDevice.CPU;
    }
}
