package io.trd4j.ops;

import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdConvolution;

/**
 * The layers of one call of {@link DeviceOps#convolutions}: addresses, sizes and what follows each convolution. Owns a
 * few bytes of native memory; made once, at set-up.
 */
public final class Convolutions implements AutoCloseable {
    /** Most layers of one call. */
    public static final int MAX = Trd.TRD_MAX_LAYERS;

    final TrdConvolution structs;
    final int count;

    /** @param count of layers, 1 to {@link #MAX}; each is described before the call */
    public Convolutions(int count) {
        this.count = count;
        structs = Retained.of(new TrdConvolution(count));
        structs.zero();
    }

    public int count() {
        return count;
    }

    /**
     * Input {@code [n, h, w, cIn]} and output {@code [n, outH, outW, cOut]} of a layer, a pixel every {@code outStride}
     * elements.
     */
    public void shape(int layer, long n, long h, long w, long cIn, long cOut, long outStride) {
        structs.getPointer(layer).n(n).h(h).w(w).c_in(cIn).c_out(cOut).out_stride(outStride);
    }

    /** {@code transposed}: 2x2 with stride 2. */
    public void kernel(int layer, int kernel, int stride, int padding, boolean transposed, boolean relu) {
        structs.getPointer(layer)
                .kernel(kernel)
                .stride(stride)
                .padding(padding)
                .transposed(transposed ? 1 : 0)
                .relu(relu ? 1 : 0);
    }

    /** Device addresses; {@code residual} and {@code post} may be 0 for none. */
    public void memory(int layer, long in, long packed, long bias, long residual, long post, long out) {
        structs.getPointer(layer)
                .in(Address.of(in))
                .packed(Address.of(packed))
                .bias(Address.floats(bias))
                .residual(Address.of(residual))
                .post(Address.of(post))
                .out(Address.of(out));
    }

    @Override
    public void close() {
        structs.close();
    }
}
