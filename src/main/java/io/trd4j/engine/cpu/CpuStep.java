package io.trd4j.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.engine.plan.PlanOp;
import java.util.Locale;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** One call of the compiled plan: a oneDNN primitive, or a kernel of libtrd. */
sealed interface CpuStep {
    /** The operation of the plan that it computes; null for a conversion that the types made necessary. */
    PlanOp op();

    /** The part of the network that it belongs to; a conversion to that which wrote what is converted. */
    NetworkPart part();

    /** For listings: the layer's name, or what is converted. */
    String name();

    /**
     * For listings: which of the library's implementations runs. Its text is the library's own and differs from one CPU
     * to the next: nothing may be concluded from it.
     */
    String implementation();

    /**
     * The features that it computes from: their type is the one in which it computes. Of a distance, the decoder's
     * features.
     */
    CpuTensor input();

    /** The output; null for a distance map. */
    CpuTensor output();

    /**
     * Memory that a primitive takes: of the arena (a CpuTensor), shared (a oneDNN memory), or the scratchpad (its
     * descriptor).
     */
    record Argument(int id, Object target) {}

    record Primitive(
            PlanOp op,
            NetworkPart part,
            String name,
            String implementation,
            CpuTensor output,
            dnnl_primitive primitive,
            Argument[] arguments)
            implements CpuStep {
        @Override
        public CpuTensor input() {
            for (Argument argument : arguments) {
                if (argument.id() == DNNL_ARG_SRC) {
                    return (CpuTensor) argument.target();
                }
            }
            throw new IllegalStateException(name + " has no source");
        }
    }

    /**
     * A 3x3 convolution by libtrd's Winograd kernel: FP32 products, features in FP32 or BF16.
     *
     * @param residual may be the output's own memory, or null
     * @param packed transformed weights; shared
     */
    record Winograd(
            PlanOp.Convolution op,
            CpuTensor input,
            CpuTensor residual,
            float residualScale,
            CpuTensor amplified,
            CpuTensor output,
            BytePointer packed,
            FloatPointer bias,
            long scratchBytes)
            implements CpuStep {
        @Override
        public NetworkPart part() {
            return op.layer().part();
        }

        @Override
        public String name() {
            return op.layer().convolution();
        }

        @Override
        public String implementation() {
            return "libtrd winograd " + input.type().name().toLowerCase(Locale.ROOT);
        }
    }

    record FuseCosine(PlanOp.FuseCosine op, CpuTensor decoder, CpuTensor amplified, CpuTensor teacher)
            implements CpuStep {
        @Override
        public NetworkPart part() {
            return NetworkPart.DISTANCE;
        }

        @Override
        public String name() {
            return (op.branch() == 0 ? "rgb" : "second") + ".distance" + (op.scale() + 1);
        }

        @Override
        public String implementation() {
            return "libtrd fuse_cosine " + decoder.type().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public CpuTensor input() {
            return decoder;
        }

        @Override
        public CpuTensor output() {
            return null;
        }
    }
}
