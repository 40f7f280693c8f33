package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.ops.Convolutions;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.OpTarget;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One step of a part on the device: what it queues on its stream, and which memory it needs. */
interface CudaStep {
    /** For listings. */
    String name();

    /** For listings: the part of the network that it belongs to. */
    NetworkPart part();

    StreamRole stream();

    List<Buffer> reads();

    List<Buffer> writes();

    /** For listings: whose code runs. */
    String implementation();

    /** Queues it. */
    void record(Recording r);

    /** Convolutions that do not need each other, by libtrd, side by side in one call. */
    record Group(List<PlacedConvolution> layers, Scratch scratch) implements CudaStep {
        @Override
        public String name() {
            return layers.stream().map(l -> l.op().layer().convolution()).collect(Collectors.joining(" + "));
        }

        @Override
        public NetworkPart part() {
            return Collections.max(
                    layers.stream().map(l -> l.op().layer().part()).toList());
        }

        @Override
        public StreamRole stream() {
            return StreamRole.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            return layers.stream().flatMap(l -> l.reads().stream()).toList();
        }

        @Override
        public List<Buffer> writes() {
            return scratch.with(layers.stream().map(l -> l.out().buffer()));
        }

        @Override
        public String implementation() {
            return "libtrd convolutions";
        }

        /** The sizes alone, as far as scratch depends on them. */
        static Convolutions sizes(List<PlacedConvolution> layers) {
            Convolutions sizes = new Convolutions(layers.size());
            for (int i = 0; i < layers.size(); i++) {
                PlacedConvolution l = layers.get(i);
                var layer = l.op().layer();
                sizes.shape(
                        i,
                        l.in().images(),
                        l.in().side(),
                        l.in().side(),
                        layer.in(),
                        layer.out(),
                        l.out().pixelStride());
                sizes.kernel(i, layer.kernel(), layer.stride(), layer.padding(), layer.transposed(), l.op().relu());
            }
            return sizes;
        }

        @Override
        public void record(Recording r) {
            Convolutions arguments = r.own(sizes(layers));
            for (int i = 0; i < layers.size(); i++) {
                PlacedConvolution l = layers.get(i);
                long weights = r.address(l.weights());
                arguments.memory(
                        i,
                        r.address(l.in()),
                        weights,
                        weights + l.weights().biasOffset(),
                        r.addressOrNull(l.residual()),
                        r.addressOrNull(l.post()),
                        r.address(l.out()));
            }
            OpTarget exec = r.exec(stream());
            long workspace = scratch.address(r);
            r.run(stream(), () -> DeviceOps.convolutions(exec, r.type(), arguments, workspace, scratch.bytes()));
        }
    }

    /** One convolution by another library, which may put the result where it likes. */
    record ByLibrary(PlacedConvolution layer, StreamRole stream, ConvolutionLibrary library) implements CudaStep {
        @Override
        public String name() {
            return layer.op().layer().convolution();
        }

        @Override
        public NetworkPart part() {
            return layer.op().layer().part();
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
        public void record(Recording r) {
            library.record(layer, stream, r);
        }
    }

    record MaxPool(PlanOp.MaxPool op, CudaTensor in, CudaTensor out) implements CudaStep {
        @Override
        public String name() {
            return op.output().name();
        }

        @Override
        public NetworkPart part() {
            return op.output().part();
        }

        @Override
        public StreamRole stream() {
            return StreamRole.MAIN;
        }

        @Override
        public List<Buffer> reads() {
            return List.of(in.buffer());
        }

        @Override
        public List<Buffer> writes() {
            return List.of(out.buffer());
        }

        @Override
        public String implementation() {
            return "libtrd max_pool";
        }

        @Override
        public void record(Recording r) {
            OpTarget exec = r.exec(stream());
            long from = r.address(in);
            long to = r.address(out);
            r.run(
                    stream(),
                    () -> DeviceOps.maxPool(
                            exec, r.type(), from, to, in.images(), in.side(), in.side(), in.channels()));
        }
    }

    /** A feature map into its slice of a concatenation. */
    record Copy(String name, NetworkPart part, CudaTensor in, CudaTensor out) implements CudaStep {
        @Override
        public StreamRole stream() {
            return StreamRole.SIDE;
        }

        @Override
        public List<Buffer> reads() {
            return List.of(in.buffer());
        }

        @Override
        public List<Buffer> writes() {
            return List.of(out.buffer());
        }

        @Override
        public String implementation() {
            return "copy";
        }

        @Override
        public void record(Recording r) {
            int element = in.type().bytes();
            r.device()
                    .copyRows(
                            r.stream(stream()),
                            r.address(out),
                            (long) out.pixelStride() * element,
                            r.address(in),
                            (long) in.pixelStride() * element,
                            (long) in.channels() * element,
                            in.pixels());
        }
    }

    /** Distances of both branches at one scale: the features are pairs of images. */
    record FuseCosine(int scale, CudaTensor decoder, CudaTensor amplified, CudaTensor teacher, Buffer distances)
            implements CudaStep {
        @Override
        public String name() {
            return "distance" + (scale + 1);
        }

        @Override
        public NetworkPart part() {
            return NetworkPart.DISTANCE;
        }

        @Override
        public StreamRole stream() {
            return StreamRole.SIDE;
        }

        @Override
        public List<Buffer> reads() {
            return CudaTensor.buffers(decoder, amplified, teacher);
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
        public void record(Recording r) {
            OpTarget exec = r.exec(stream());
            long d = r.address(decoder);
            long a = r.addressOrNull(amplified);
            long t = r.address(teacher);
            long to = r.address(distances);
            long pixels = (long) decoder.side() * decoder.side();
            // The amplifier's factor, relative to the decoder's, is in its features; the distance sees no common
            // factor.
            r.run(
                    stream(),
                    () -> DeviceOps.fuseCosine(exec, r.type(), d, 1, a, 1, t, to, 2, pixels, decoder.channels()));
        }
    }

    /** Brings one modality's prepared image into the network's input. What it does is the recording's business. */
    record Input(PartInput input) implements CudaStep {
        @Override
        public String name() {
            return input.branch() == 0 ? "prepare rgb" : "prepare second";
        }

        @Override
        public NetworkPart part() {
            return NetworkPart.TEACHER;
        }

        @Override
        public StreamRole stream() {
            return input.stream();
        }

        @Override
        public List<Buffer> reads() {
            return List.of();
        }

        @Override
        public List<Buffer> writes() {
            Buffer image = input.image().buffer();
            return input.branch() == 0 ? List.of(image) : List.of(image, input.result());
        }

        @Override
        public String implementation() {
            return "libtrd prepare";
        }

        @Override
        public void record(Recording r) {
            r.input(input);
        }
    }

    /** From the distances to what the host reads. What that is is the recording's business. */
    record Output(PartOutput output) implements CudaStep {
        @Override
        public String name() {
            return "anomaly map";
        }

        @Override
        public NetworkPart part() {
            return NetworkPart.DISTANCE;
        }

        @Override
        public StreamRole stream() {
            return output.stream();
        }

        @Override
        public List<Buffer> reads() {
            return Stream.concat(Arrays.stream(output.distances()), writes().stream())
                    .toList();
        }

        @Override
        public List<Buffer> writes() {
            return List.of(output.result());
        }

        @Override
        public String implementation() {
            return "libtrd anomaly_map";
        }

        @Override
        public void record(Recording r) {
            r.output(output);
        }
    }
}
