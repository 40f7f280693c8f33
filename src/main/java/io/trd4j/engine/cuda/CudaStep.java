package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.ops.Convolutions;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.TunerBranches;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One step of a part on the device: what it queues on its stream, and which memory it needs. */
interface CudaStep {
    /** For listings. */
    String name();

    int stream();

    List<Buffer> reads();

    List<Buffer> writes();

    /** For listings: whose code runs. */
    String implementation();

    /** Queues it. */
    void record(Recorder r);

    /**
     * A convolution with its places.
     *
     * @param residual added before the ReLU, or null
     * @param post added after it, or null
     */
    record Layered(PlanOp.Convolution op, WeightSlot.OfConvolution weights, CudaTensor in, CudaTensor residual, CudaTensor post, CudaTensor out) {
        List<Buffer> reads() {
            return buffers(in, residual, post);
        }
    }

    private static List<Buffer> buffers(CudaTensor... values) {
        List<Buffer> buffers = new ArrayList<>();
        for (CudaTensor value : values) {
            if (value != null) {
                buffers.add(value.buffer());
            }
        }
        return buffers;
    }

    private static List<Buffer> buffers(CudaTensor[][] values) {
        List<Buffer> buffers = new ArrayList<>();
        for (CudaTensor[] branch : values) {
            buffers.addAll(buffers(branch));
        }
        return buffers;
    }

    /** Convolutions that do not need each other, by libtrd, side by side in one call. */
    record Group(List<Layered> layers, CudaTensor.Buffer workspace) implements CudaStep {
        @Override
        public String name() {
            return layers.stream().map(l -> l.op().layer().convolution()).collect(Collectors.joining(" + "));
        }

        @Override
        public int stream() {
            return Schedule.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            return layers.stream().flatMap(l -> l.reads().stream()).toList();
        }

        @Override
        public List<Buffer> writes() {
            List<Buffer> writes = new ArrayList<>(layers.stream().map(l -> l.out().buffer()).toList());
            if (workspace != null) {
                writes.add(workspace);
            }
            return writes;
        }

        @Override
        public String implementation() {
            return "libtrd convolutions";
        }

        /** The sizes alone, as far as scratch depends on them. */
        static Convolutions sizes(List<Layered> layers) {
            Convolutions sizes = new Convolutions(layers.size());
            for (int i = 0; i < layers.size(); i++) {
                Layered l = layers.get(i);
                var layer = l.op().layer();
                sizes.shape(i, l.in().images(), l.in().side(), l.in().side(), layer.in(), layer.out(), l.out().pixelStride());
                sizes.kernel(i, layer.kernel(), layer.stride(), layer.padding(), layer.transposed(), l.op().relu());
            }
            return sizes;
        }

        @Override
        public void record(Recorder r) {
            Convolutions arguments = r.own(sizes(layers));
            for (int i = 0; i < layers.size(); i++) {
                Layered l = layers.get(i);
                long weights = r.address(l.weights());
                arguments.memory(i, r.address(l.in()), weights, weights + l.weights().biasOffset(), r.addressOrNull(l.residual()),
                        r.addressOrNull(l.post()), r.address(l.out()));
            }
            OpTarget exec = r.exec(stream());
            long scratch = workspace == null ? 0 : r.address(workspace);
            long bytes = workspace == null ? 0 : workspace.bytes;
            r.run(stream(), () -> DeviceOps.convolutions(exec, r.type(), arguments, scratch, bytes));
        }
    }

    /** One convolution by another library, which may put the result where it likes. */
    record ByLibrary(Layered layer, int stream, ConvolutionLibrary library) implements CudaStep {
        @Override
        public String name() {
            return layer.op().layer().convolution();
        }

        @Override
        public List<Buffer> reads() {
            return layer.reads();
        }

        @Override
        public List<Buffer> writes() {
            return List.of(layer.out().buffer());
        }

        @Override
        public String implementation() {
            return library.name();
        }

        @Override
        public void record(Recorder r) {
            library.record(layer, stream, r);
        }
    }

    record MaxPool(PlanOp.MaxPool op, CudaTensor in, CudaTensor out) implements CudaStep {
        @Override
        public String name() {
            return op.output().name();
        }

        @Override
        public int stream() {
            return Schedule.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            return buffers(in);
        }

        @Override
        public List<Buffer> writes() {
            return buffers(out);
        }

        @Override
        public String implementation() {
            return "libtrd max_pool";
        }

        @Override
        public void record(Recorder r) {
            OpTarget exec = r.exec(stream());
            long from = r.address(in);
            long to = r.address(out);
            r.run(stream(), () -> DeviceOps.maxPool(exec, r.type(), from, to, in.images(), in.side(), in.side(), in.channels()));
        }
    }

    /** A feature map into its slice of a concatenation. */
    record Copy(String name, CudaTensor in, CudaTensor out) implements CudaStep {
        @Override
        public int stream() {
            return Schedule.SIDE;
        }

        @Override
        public List<Buffer> reads() {
            return buffers(in);
        }

        @Override
        public List<Buffer> writes() {
            return buffers(out);
        }

        @Override
        public String implementation() {
            return "copy";
        }

        @Override
        public void record(Recorder r) {
            int element = in.type().bytes();
            r.device().copyRows(r.stream(stream()), r.address(out), (long) out.pixelStride() * element, r.address(in),
                    (long) in.pixelStride() * element, (long) in.channels() * element, in.pixels());
        }
    }

    /**
     * The Crossmodal Filter or Amplifier of both branches, all scales.
     *
     * @param in features of the other modality, by branch and scale
     */
    record Tuner(boolean amplifier, CudaTensor[][] in, CudaTensor[][] out, WeightSlot.OfTuner[] weights, CudaTensor.Buffer workspace)
            implements CudaStep {
        @Override
        public String name() {
            return amplifier ? "crossmodal amplifier" : "crossmodal filter";
        }

        @Override
        public int stream() {
            return amplifier ? Schedule.SIDE : Schedule.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            return buffers(in);
        }

        @Override
        public List<Buffer> writes() {
            List<Buffer> writes = buffers(out);
            if (workspace != null) {
                writes.add(workspace);
            }
            return writes;
        }

        @Override
        public String implementation() {
            return amplifier ? "libtrd crossmodal_amplifier" : "libtrd crossmodal_filter";
        }

        @Override
        public void record(Recorder r) {
            TunerBranches branches = r.own(new TunerBranches(2));
            for (int branch = 0; branch < 2; branch++) {
                branches.packed(branch, r.address(weights[branch]));
                for (int scale = 0; scale < 3; scale++) {
                    branches.scale(branch, scale, r.address(in[branch][scale]), r.address(out[branch][scale]),
                            out[branch][scale].pixelStride());
                }
            }
            OpTarget exec = r.exec(stream());
            long scratch = workspace == null ? 0 : r.address(workspace);
            long bytes = workspace == null ? 0 : workspace.bytes;
            int side = in[0][0].side();
            int c1 = in[0][0].channels();
            r.run(stream(), () -> {
                if (amplifier) {
                    DeviceOps.amplifier(exec, r.type(), branches, scratch, bytes, 1, side, c1);
                } else {
                    DeviceOps.filter(exec, r.type(), branches, scratch, bytes, 1, side, c1);
                }
            });
        }
    }

    /** Distances of both branches at one scale: the features are pairs of images. */
    record FuseCosine(int scale, CudaTensor decoder, CudaTensor amplified, CudaTensor teacher, CudaTensor.Buffer distances) implements CudaStep {
        @Override
        public String name() {
            return "distance" + (scale + 1);
        }

        @Override
        public int stream() {
            return Schedule.SIDE;
        }

        @Override
        public List<Buffer> reads() {
            return buffers(decoder, amplified, teacher);
        }

        @Override
        public List<Buffer> writes() {
            return List.of(distances);
        }

        @Override
        public String implementation() {
            return "libtrd fuse_cosine";
        }

        @Override
        public void record(Recorder r) {
            OpTarget exec = r.exec(stream());
            long d = r.address(decoder);
            long a = r.addressOrNull(amplified);
            long t = r.address(teacher);
            long to = r.address(distances);
            long pixels = (long) decoder.side() * decoder.side();
            // The amplifier's factor, relative to the decoder's, is in its features; the distance sees no common factor.
            r.run(stream(), () -> DeviceOps.fuseCosine(exec, r.type(), d, 1, a, 1, t, to, 2, pixels, decoder.channels()));
        }
    }

    /**
     * Brings one modality's prepared image into the network's input. What it does is the recording's business.
     *
     * @param result where the second modality's says whether the part can be used
     */
    record Input(int branch, CudaTensor image, CudaTensor.Buffer result) implements CudaStep {
        @Override
        public String name() {
            return branch == 0 ? "prepare rgb" : "prepare second";
        }

        @Override
        public int stream() {
            return branch == 0 ? Schedule.SIDE : Schedule.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            return List.of();
        }

        @Override
        public List<Buffer> writes() {
            return branch == 0 ? buffers(image) : List.of(image.buffer(), result);
        }

        @Override
        public String implementation() {
            return "libtrd prepare";
        }

        @Override
        public void record(Recorder r) {
            r.inputs().record(branch, this, r);
        }
    }

    /** From the distances to what the host reads. What that is is the recording's business. */
    record Output(CudaTensor.Buffer[] distances, CudaTensor.Buffer result) implements CudaStep {
        @Override
        public String name() {
            return "anomaly map";
        }

        @Override
        public int stream() {
            return Schedule.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            List<Buffer> reads = new ArrayList<>(List.of(distances));
            reads.add(result);
            return reads;
        }

        @Override
        public List<Buffer> writes() {
            return List.of(result);
        }

        @Override
        public String implementation() {
            return "libtrd anomaly_map";
        }

        @Override
        public void record(Recorder r) {
            r.outputs().record(this, r);
        }
    }
}
