package io.trd4j.inspect;

import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.cuda.CudaSupport;
import io.trd4j.io.InputException;
import io.trd4j.model.Precision;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.TorchDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the device on which LibTorch trains on this machine, and in which precision, and loads the libraries that it
 * needs there.
 */
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

    /**
     * The arithmetic of training on a device: float32, or bfloat16 where it has instructions for it, which LibTorch
     * uses through oneDNN on a CPU. Every GPU that can be used has them.
     *
     * @throws InputException when it is asked for bfloat16 and has no such instructions, or for anything else
     */
    public static Precision precision(Precision wanted, TorchDevice device) {
        boolean fast = !device.isCpu() || CpuSupport.supports(Precision.BF16);
        return switch (wanted) {
            case AUTO -> fast && (!device.isCpu() || LibTorch.hasOneDnn()) ? Precision.BF16 : Precision.FP32;
            case FP32 -> Precision.FP32;
            case BF16 -> {
                if (!fast) {
                    throw new InputException("--train-precision bf16 is not available here: this CPU has no "
                            + "instructions for it (AVX512_BF16 or AMX); use auto or fp32");
                }
                yield Precision.BF16;
            }
            default -> throw new InputException("--train-precision must be auto, fp32 or bf16, not " + wanted.key());
        };
    }
}
