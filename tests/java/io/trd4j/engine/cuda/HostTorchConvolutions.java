package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.ops.Address;
import io.trd4j.ops.Retained;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * LibTorch's convolutions on the host device, in the place that cuDNN's have on a GPU: same layouts, results where the
 * library likes, also beside libtrd's on several streams. FP32 only.
 */
final class HostTorchConvolutions implements ConvolutionLibrary {
    private static final long[] NO_DILATION = {1, 1};
    private int pools;

    @Override
    public String name() {
        return "LibTorch on the host";
    }

    @Override
    public String version() {
        return name();
    }

    @Override
    public boolean supports(PlanOp.Convolution convolution) {
        return !convolution.layer().transposed();
    }

    private static Tensor view(long address, long n, long c, long h, long w) {
        return torch.from_blob(
                new FloatPointer(Address.of(address)),
                new long[] {n, c, h, w},
                new long[] {h * w * c, 1, w * c, c},
                new TensorOptions());
    }

    private static Tensor view(CudaTensor v, long address) {
        return view(address, v.images(), v.channels(), v.side(), v.side());
    }

    @Override
    public void record(PlacedConvolution l, StreamRole stream, Recording r) {
        Layer layer = l.op().layer();
        CudaTensor to = l.out();
        FloatPointer out = r.own(Retained.of(new FloatPointer(to.pixels() * to.channels())));
        long made = out.address();
        long in = r.address(l.in());
        long weights = r.address(l.weights());
        long residual = r.addressOrNull(l.residual());
        long post = r.addressOrNull(l.post());
        r.run(stream, () -> {
            try (PointerScope scope = new PointerScope()) {
                Tensor bias = torch.from_blob(
                        new FloatPointer(Address.of(weights + l.weights().biasOffset())),
                        new long[] {layer.out()},
                        new long[] {1},
                        new TensorOptions());
                Tensor y = torch.conv2d(
                        view(l.in(), in),
                        view(weights, layer.out(), layer.in(), layer.kernel(), layer.kernel()),
                        new TensorOptional(bias),
                        new long[] {layer.stride(), layer.stride()},
                        new long[] {layer.padding(), layer.padding()},
                        NO_DILATION,
                        1);
                if (residual != 0) {
                    y = y.add(view(l.residual(), residual));
                }
                if (l.op().relu()) {
                    y = y.relu();
                }
                if (post != 0) {
                    y = y.add(view(l.post(), post));
                }
                view(made, to.images(), to.channels(), to.side(), to.side()).copy_(y);
            }
        });
        if (to.whole() && to.offset() == 0) {
            r.moved(to.buffer(), made);
        } else {
            long row = 4L * to.channels();
            r.device().copyRows(r.stream(stream), r.address(to), 4L * to.pixelStride(), made, row, row, to.pixels());
        }
    }

    @Override
    public Scope enter() {
        return () -> {};
    }

    @Override
    public Pool pool(long[] streams) {
        pools++;
        return new Pool() {
            @Override
            public Device.Graph during(Supplier<Device.Graph> capture) {
                return capture.get();
            }

            @Override
            public void close() {
                pools--;
            }
        };
    }

    /** Graphs that have not been closed. */
    int pools() {
        return pools;
    }
}
