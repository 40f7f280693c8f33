package io.trd4j.model.network;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where LibTorch keeps tensors and computes with them while it trains. A GPU needs LibTorch's GPU build, whose
 * libraries the caller has loaded before ({@code io.trd4j.inspect.TrainingDevice}).
 *
 * @param gpu its index, or -1 for the CPU
 */
public record TorchDevice(int gpu) {
    public static final TorchDevice CPU = new TorchDevice(-1);

    public TorchDevice {
        if (gpu < -1 || gpu > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("a GPU's index is 0 to " + Byte.MAX_VALUE + ", not " + gpu);
        }
    }

    /** Whether it is the CPU. */
    public boolean isCpu() {
        return gpu < 0;
    }

    /** {@code cpu} or {@code cuda}: what a run's bits depend on. */
    public String key() {
        return isCpu() ? "cpu" : "cuda";
    }

    /** As for a user. */
    @Override
    public String toString() {
        return isCpu() ? "CPU" : "GPU " + gpu;
    }

    /**
     * Settings of the whole process under which a run on this device can be repeated: cuDNN's deterministic algorithms,
     * chosen by its rules and not by timing them, and float32 products that are float32.
     */
    public void prepare() {
        if (!isCpu()) {
            Context context = torch.globalContext();
            context.setDeterministicCuDNN(true);
            context.setBenchmarkCuDNN(false);
            context.setAllowTF32CuDNN(false);
            context.setAllowTF32CuBLAS(false);
        }
    }

    /**
     * Bytes of its memory, used or not: of the machine, or the container, on the CPU. 0 where a GPU's LibTorch does not
     * say.
     */
    public long memory() {
        if (isCpu()) {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getTotalMemorySize();
        }
        try (SizeTPair freeAndTotal = torch.getMemoryInfo((byte) gpu)) {
            return freeAndTotal.second();
        } catch (RuntimeException e) {
            return 0;
        }
    }

    /**
     * The tensor itself when it is here, else a copy of it here, in the same layout; lives in the open PointerScope.
     */
    public Tensor place(Tensor tensor) {
        if (isCpu()) {
            return tensor.cpu();
        }
        return tensor.to(new Device(DeviceType.CUDA, (byte) gpu), tensor.scalar_type());
    }

    /** Replaces the tensor's memory by a copy here, unless it is here; whoever holds the tensor sees it move. */
    void move(Tensor tensor) {
        if (isCpu() == tensor.is_cpu()) {
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            tensor.set_data(place(tensor));
        }
    }
}
