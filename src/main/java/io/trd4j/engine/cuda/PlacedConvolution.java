package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.PlanOp;
import java.util.List;

/**
 * A convolution with its places.
 *
 * @param residual added before the ReLU, or null
 * @param post added after it, or null
 */
record PlacedConvolution(
        PlanOp.Convolution op,
        WeightSlot.OfConvolution weights,
        CudaTensor in,
        CudaTensor residual,
        CudaTensor post,
        CudaTensor out) {
    List<Buffer> reads() {
        return CudaTensor.buffers(in, residual, post);
    }
}
