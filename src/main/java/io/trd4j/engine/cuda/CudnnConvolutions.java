package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.model.Precision;
import io.trd4j.model.network.LibTorch;
import io.trd4j.ops.Address;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.Retained;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.cuda.DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Convolutions by LibTorch's cuDNN operators, bias, residual and ReLU fused where cuDNN does that. Tensors are views on
 * the engine's memory; results lie where LibTorch's allocator puts them, in a graph's own pool while it is captured.
 */
final class CudnnConvolutions implements ConvolutionLibrary {
    private static final long[] NO_DILATION = {1, 1};
    /** LibTorch's own pools count from 1. */
    private static final AtomicLong NEXT_POOL = new AtomicLong(1L << 40);
    /** LibTorch's switches belong to the process: whoever records holds this. */
    private static final ReentrantLock SWITCHES = new ReentrantLock();

    private final byte device;
    private final boolean tf32;
    private final ScalarType type;

    /** {@link CudaSupport#cudnnProblem} has loaded LibTorch's CUDA libraries before. */
    CudnnConvolutions(int device, Precision precision) {
        this.device = (byte) device;
        tf32 = precision == Precision.TF32;
        ElementType element = CudaNetwork.type(precision);
        type = element == ElementType.FLOAT32
                ? ScalarType.Float
                : element == ElementType.FLOAT16 ? ScalarType.Half : ScalarType.BFloat16;
    }

    @Override
    public String name() {
        return "cuDNN";
    }

    @Override
    public String version() {
        return "cuDNN " + Context.versionRuntimeCuDNN() + ", " + LibTorch.version();
    }

    @Override
    public boolean supports(PlanOp.Convolution convolution) {
        return !convolution.layer().transposed();
    }

    @Override
    public Scope enter() {
        SWITCHES.lock();
        Context context = torch.globalContext();
        context.setUserEnabledCuDNN(true);
        // By its rules: timing its plans, each thread by itself, would end differently from run to run, and so would
        // the bits.
        context.setBenchmarkCuDNN(false);
        context.setDeterministicCuDNN(true);
        context.setAllowTF32CuDNN(tf32);
        context.setAllowTF32CuBLAS(tf32);
        CUDAStream before = Retained.of(torch_cuda.getCurrentCUDAStream(device));
        InferenceMode inference = Retained.of(new InferenceMode(true));
        return () -> {
            inference.close();
            torch_cuda.setCurrentCUDAStream(before);
            before.close();
            SWITCHES.unlock();
        };
    }

    /** Channels-last memory as a tensor n x c x h x w. */
    private Tensor view(long address, long n, long c, long h, long w) {
        return torch.from_blob(
                Address.of(address), new long[] {n, c, h, w}, new long[] {h * w * c, 1, w * c, c}, options());
    }

    private Tensor view(CudaTensor value, Recording r) {
        return view(r.address(value), value.images(), value.channels(), value.side(), value.side());
    }

    private TensorOptions options() {
        return new TensorOptions(type)
                .device(new DeviceOptional(new org.bytedeco.pytorch.Device(DeviceType.CUDA, device)));
    }

    @Override
    public void record(PlacedConvolution l, StreamRole stream, Recording r) {
        Layer layer = l.op().layer();
        try (PointerScope scope = new PointerScope()) {
            torch_cuda.setCurrentCUDAStream(
                    torch_cuda.getStreamFromExternal(new CudaDevice.StreamAt(r.stream(stream)), device));
            long address = r.address(l.weights());
            Tensor weights = view(address, layer.out(), layer.in(), layer.kernel(), layer.kernel());
            Tensor bias = torch.from_blob(
                    Address.of(address + l.weights().biasOffset()),
                    new long[] {layer.out()},
                    new long[] {1},
                    options());
            Tensor in = view(l.in(), r);
            long[] stride = {layer.stride(), layer.stride()};
            long[] padding = {layer.padding(), layer.padding()};
            Tensor out;
            if (l.op().relu()) {
                out = l.residual() == null
                        ? torch.cudnn_convolution_relu(
                                in, weights, new TensorOptional(bias), stride, padding, NO_DILATION, 1)
                        : torch.cudnn_convolution_add_relu(
                                in,
                                weights,
                                view(l.residual(), r),
                                new ScalarOptional(new Scalar(1.0f)),
                                new TensorOptional(bias),
                                stride,
                                padding,
                                NO_DILATION,
                                1);
            } else {
                out = torch.conv2d(in, weights, new TensorOptional(bias), stride, padding, NO_DILATION, 1);
                if (l.residual() != null) {
                    out.add_(view(l.residual(), r));
                }
            }
            if (l.post() != null) {
                out.add_(view(l.post(), r));
            }
            if (!out.is_contiguous(MemoryFormat.ChannelsLast)) {
                out = out.contiguous(MemoryFormat.ChannelsLast);
            }
            r.own(Retained.of(out));
            long made = out.data_ptr().address();
            CudaTensor to = l.out();
            if (to.whole() && to.offset() == 0) {
                r.moved(to.buffer(), made);
            } else {
                long row = (long) to.channels() * to.type().bytes();
                r.device()
                        .copyRows(
                                r.stream(stream),
                                r.address(to),
                                (long) to.pixelStride() * to.type().bytes(),
                                made,
                                row,
                                row,
                                to.pixels());
            }
        }
    }

    @Override
    public Pool pool(long[] streams) {
        return new GraphPool(streams.clone());
    }

    /** Does around a capture the work of at::cuda::CUDAGraph, which has no binding. */
    private final class GraphPool implements Pool {
        private final CUDAAllocator allocator = Retained.of(torch_cuda.getAllocator());
        // The binding's type of a pool's id is another, larger pair, whose release would crash: the memory is ours.
        private final LongPointer idMemory = Retained.of(new LongPointer(0L, NEXT_POOL.getAndIncrement()));
        private final DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair id =
                new DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair(idMemory);
        // A field: native code holds it weakly.
        private final StreamFilter filter;
        private boolean used;

        GraphPool(long[] streams) {
            Arrays.sort(streams);
            filter = Retained.of(new StreamFilter() {
                @Override
                public boolean call(Pointer stream) {
                    return stream != null && Arrays.binarySearch(streams, stream.address()) >= 0;
                }
            });
        }

        @Override
        public Device.Graph during(Supplier<Device.Graph> capture) {
            try (Scope scope = enter()) {
                allocator.beginAllocateToPool(device, id, filter);
                used = true;
                try {
                    return capture.get();
                } finally {
                    allocator.endAllocateToPool(device, id);
                }
            }
        }

        @Override
        public void close() {
            if (used) {
                allocator.releasePool(device, id);
            }
            filter.close();
            idMemory.close();
            allocator.close();
        }
    }
}
