package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.Precision;
import io.trd4j.ops.ElementType;

/**
 * A plan as steps for a device, with its weights there: what all sessions of one model share. Read only after it is
 * made; freed when the last of its users closes it.
 */
public final class CudaNetwork implements AutoCloseable {
    private final Device device;
    private final ExecutionPlan plan;
    private final Precision precision;
    private final NetworkCompiler.Compiled compiled;
    private final ConvolutionLibrary library;
    private final DeviceWeights weights;
    private final PinnedBuffers pinned = new PinnedBuffers();
    private int users = 1;

    /** Takes over the weights. */
    CudaNetwork(
            Device device,
            ExecutionPlan plan,
            Precision precision,
            NetworkCompiler.Compiled compiled,
            ConvolutionLibrary library,
            DeviceWeights weights) {
        this.device = device;
        this.plan = plan;
        this.precision = precision;
        this.compiled = compiled;
        this.library = library;
        this.weights = weights;
    }

    /** Of features and weights. */
    static ElementType type(Precision precision) {
        return switch (precision) {
            case FP32, TF32 -> ElementType.FLOAT32;
            case FP16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
            default -> throw new IllegalArgumentException("there is no precision " + precision.key() + " on CUDA");
        };
    }

    Device device() {
        return device;
    }

    String deviceName() {
        return "cuda:" + device.index() + " (" + device.name() + ")";
    }

    ExecutionPlan plan() {
        return plan;
    }

    public Precision precision() {
        return precision;
    }

    ElementType type() {
        return type(precision);
    }

    Schedule schedule() {
        return compiled.schedule();
    }

    CudaTensor images() {
        return compiled.images();
    }

    DeviceWeights weights() {
        return weights;
    }

    /** Computes some of the convolutions; null when all are libtrd's. */
    ConvolutionLibrary library() {
        return library;
    }

    PinnedBuffers pinned() {
        return pinned;
    }

    /** One more user, who must close it too. */
    synchronized CudaNetwork share() {
        if (users == 0) {
            throw new IllegalStateException("the network is closed");
        }
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        if (users > 0 && --users == 0) {
            device.use();
            weights.close();
        }
    }
}
