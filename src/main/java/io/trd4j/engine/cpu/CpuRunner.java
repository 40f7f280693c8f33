package io.trd4j.engine.cpu;

import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.plan.Layer;
import io.trd4j.jni.NativeException;
import io.trd4j.model.Precision;
import io.trd4j.ops.Distances;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Runs a compiled plan on the CPU: an array of oneDNN calls whose arguments were all made beforehand, and libtrd's
 * kernels between them, in one arena.
 */
public final class CpuRunner implements NetworkRunner {
    private final CompiledPlan compiled;
    private final OneDnn.Owner owner = new OneDnn.Owner();
    private final OpTarget exec = OpTarget.cpu();
    private final BytePointer arena;
    private final Pointer[] images = new Pointer[2];
    private final Distances[] distances = new Distances[2];
    private final Call[] calls;
    private boolean closed;

    /** One call, ready to be made. */
    private abstract static sealed class Call {
        abstract void run();
    }

    private static final class PrimitiveCall extends Call {
        private final dnnl_primitive primitive;
        private final dnnl_stream stream = OneDnn.rawStream();
        private final dnnl_exec_arg_t arguments;
        private final int count;
        private final String name;

        PrimitiveCall(dnnl_primitive primitive, dnnl_exec_arg_t arguments, int count, String name) {
            this.primitive = primitive;
            this.arguments = arguments;
            this.count = count;
            this.name = name;
        }

        @Override
        void run() {
            int status = dnnl.dnnl_primitive_execute(primitive, stream, count, arguments);
            if (status != dnnl.dnnl_success) {
                throw new NativeException("oneDNN status " + status + " from " + name);
            }
        }
    }

    private static final class CosineCall extends Call {
        private final OpTarget exec;
        private final ElementType type;
        private final Pointer decoder;
        private final Pointer amplified;
        private final Pointer teacher;
        private final FloatPointer distance;
        private final long pixels;
        private final long channels;

        CosineCall(
                OpTarget exec,
                ElementType type,
                Pointer decoder,
                Pointer amplified,
                Pointer teacher,
                FloatPointer distance,
                long pixels,
                long channels) {
            this.exec = exec;
            this.type = type;
            this.decoder = decoder;
            this.amplified = amplified;
            this.teacher = teacher;
            this.distance = distance;
            this.pixels = pixels;
            this.channels = channels;
        }

        @Override
        void run() {
            // The blend's factors are folded into both summands.
            Ops.fuseCosine(exec, type, decoder, 1, amplified, 1, teacher, distance, 1, pixels, channels);
        }
    }

    private static final class WinogradCall extends Call {
        private final OpTarget exec;
        private final CpuStep.Winograd step;
        private final Pointer input;
        private final Pointer residual;
        private final Pointer amplified;
        private final Pointer output;
        private final Pointer scratch;
        private final ElementType type;
        private final long packedBytes;

        WinogradCall(
                OpTarget exec,
                CpuStep.Winograd step,
                Pointer input,
                Pointer residual,
                Pointer amplified,
                Pointer output,
                Pointer scratch) {
            this.exec = exec;
            this.step = step;
            this.input = input;
            this.residual = residual;
            this.amplified = amplified;
            this.output = output;
            this.scratch = scratch;
            type = step.input().type().element();
            packedBytes = step.packed().capacity();
        }

        @Override
        void run() {
            CpuTensor in = step.input();
            Layer layer = step.op().layer();
            Ops.winograd(
                    exec,
                    type,
                    input,
                    step.packed(),
                    packedBytes,
                    step.bias(),
                    residual,
                    step.residualScale(),
                    amplified,
                    step.op().relu(),
                    output,
                    scratch,
                    step.scratchBytes(),
                    in.images(),
                    in.side(),
                    in.side(),
                    layer.in(),
                    layer.out(),
                    layer.stride());
        }
    }

    /** Takes over one use of the compiled plan, which it closes when it is closed. */
    public CpuRunner(CompiledPlan compiled) {
        this.compiled = compiled;
        arena = owner.allocate(compiled.arenaBytes());
        // Untouched pages would be given out one by one during the first part.
        Pointer.memset(arena, 0, compiled.arenaBytes());
        for (int branch = 0; branch < 2; branch++) {
            distances[branch] = new Distances(
                    map(0),
                    compiled.plan().side(0),
                    map(1),
                    compiled.plan().side(1),
                    map(2),
                    compiled.plan().side(2));
            images[branch] = at(compiled.images().image(branch));
        }
        calls = compiled.steps().stream().map(this::call).toArray(Call[]::new);
    }

    private FloatPointer map(int scale) {
        long side = compiled.plan().side(scale);
        return owner.own(new FloatPointer(side * side));
    }

    private Call call(CpuStep step) {
        if (step instanceof CpuStep.FuseCosine cosine) {
            CpuTensor decoder = cosine.decoder();
            return new CosineCall(
                    exec,
                    decoder.type().element(),
                    at(decoder),
                    atOrNull(cosine.amplified()),
                    at(cosine.teacher()),
                    distances[cosine.op().branch()].scale(cosine.op().scale()),
                    (long) decoder.side() * decoder.side(),
                    decoder.channels());
        }
        if (step instanceof CpuStep.Winograd winograd) {
            return new WinogradCall(
                    exec,
                    winograd,
                    at(winograd.input()),
                    atOrNull(winograd.residual()),
                    atOrNull(winograd.amplified()),
                    at(winograd.output()),
                    owner.own(arena.getPointer(compiled.scratchPlace())));
        }
        CpuStep.Primitive primitive = (CpuStep.Primitive) step;
        CpuStep.Argument[] wanted = primitive.arguments();
        dnnl_exec_arg_t arguments = owner.own(new dnnl_exec_arg_t(wanted.length));
        for (int i = 0; i < wanted.length; i++) {
            arguments
                    .position(i)
                    .arg(wanted[i].id())
                    .memory(memory(wanted[i].target()).get());
        }
        arguments.position(0);
        return new PrimitiveCall(primitive.primitive(), arguments, wanted.length, step.name());
    }

    private memory memory(Object target) {
        if (target instanceof memory shared) {
            return shared;
        }
        if (target instanceof CpuTensor value) {
            return owner.own(new memory(Primitives.description(value), OneDnn.engine(), at(value)));
        }
        return owner.own(new memory(
                (memory.desc) target, OneDnn.engine(), owner.own(arena.getPointer(compiled.scratchPlace()))));
    }

    private Pointer at(CpuTensor value) {
        return owner.own(arena.getPointer(value.buffer().place() + value.offset()));
    }

    private Pointer atOrNull(CpuTensor value) {
        return value == null ? null : at(value);
    }

    @Override
    public Pointer image(int branch) {
        return images[branch];
    }

    @Override
    public Precision precision() {
        return compiled.precision();
    }

    @Override
    public ElementType imageType() {
        return compiled.images().type().element();
    }

    @Override
    public void run() {
        Ops.setThreads(compiled.threads());
        for (Call call : calls) {
            call.run();
        }
    }

    /** As {@link #run()}, and keeps the largest magnitude of every feature map. FP32 only. */
    public void run(FeatureRanges ranges) {
        observe(ranges);
    }

    /** As {@link #run()}, telling what each step wrote and how long it took. */
    void observe(StepObserver observer) {
        Ops.setThreads(compiled.threads());
        for (int i = 0; i < calls.length; i++) {
            CpuStep step = compiled.steps().get(i);
            long start = System.nanoTime();
            calls[i].run();
            long nanos = System.nanoTime() - start;
            CpuTensor output = step.output();
            observer.after(
                    step,
                    output,
                    output == null ? null : arena.getPointer(output.buffer().place() + output.offset()),
                    nanos);
        }
    }

    CompiledPlan compiled() {
        return compiled;
    }

    @Override
    public Distances distances(int branch) {
        return distances[branch];
    }

    @Override
    public NetworkRunner duplicate() {
        return new CpuRunner(compiled.share());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            distances[0].close();
            distances[1].close();
            owner.close();
            exec.close();
            compiled.close();
        }
    }
}
