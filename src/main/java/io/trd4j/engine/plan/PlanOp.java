package io.trd4j.engine.plan;

import java.util.ArrayList;
import java.util.List;

/** One step of the plan. Steps run in the plan's order; each reads and writes whole feature maps. */
public sealed interface PlanOp {
    /** The output; null for {@link FuseCosine}, which writes a distance map. */
    PlanTensor output();

    /** The inputs. */
    List<PlanTensor> inputs();

    /** Multiplications and additions. */
    default double flop() {
        return 0;
    }

    /**
     * {@code output = relu?(scale * (convolution(input) + bias + residual)) + amplified}, the scale being 1 or the
     * decoder's share of the blend (already in the folded weights and bias).
     *
     * @param residual added before the ReLU, or null
     * @param amplified the amplifier's feature map, its share of the blend folded in, added after the ReLU; or null
     */
    record Convolution(
            Layer layer, PlanTensor input, PlanTensor residual, boolean relu, PlanTensor amplified, PlanTensor output)
            implements PlanOp {
        @Override
        public List<PlanTensor> inputs() {
            List<PlanTensor> inputs = new ArrayList<>(List.of(input));
            if (residual != null) {
                inputs.add(residual);
            }
            if (amplified != null) {
                inputs.add(amplified);
            }
            return inputs;
        }

        @Override
        public double flop() {
            // A transposed 2x2/2 convolution writes every output pixel from one input pixel.
            double pixels = (double) output.images() * output.side() * output.side();
            return 2 * pixels * layer.in() * layer.out() * (layer.transposed() ? 1 : layer.kernel() * layer.kernel());
        }
    }

    /** 3x3, stride 2, padding 1. */
    record MaxPool(PlanTensor input, PlanTensor output) implements PlanOp {
        @Override
        public List<PlanTensor> inputs() {
            return List.of(input);
        }
    }

    /** Along the channels. */
    record Concatenate(List<PlanTensor> inputs, PlanTensor output) implements PlanOp {}

    /**
     * Cosine distance of the teacher's feature to the student's, {@code decoder + amplified}, which is not written
     * (SPEC section 4).
     *
     * @param branch 0 = rgb, 1 = the second modality
     * @param scale 0, 1, 2 for S/4, S/8, S/16
     * @param amplified null when the decoder's feature map is blended already
     */
    record FuseCosine(int branch, int scale, PlanTensor decoder, PlanTensor amplified, PlanTensor teacher)
            implements PlanOp {
        @Override
        public PlanTensor output() {
            return null;
        }

        @Override
        public List<PlanTensor> inputs() {
            return amplified == null ? List.of(decoder, teacher) : List.of(decoder, amplified, teacher);
        }

        @Override
        public double flop() {
            return (amplified == null ? 6.0 : 7.0) * decoder.elements();
        }
    }
}
