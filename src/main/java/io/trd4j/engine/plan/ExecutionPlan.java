package io.trd4j.engine.plan;

import io.trd4j.model.Backbone;
import java.util.List;

/**
 * The computation of one part, from two prepared images to six distance maps, in order: the network of SPEC section 2
 * with everything that inference can do without taken out. BatchNorm is folded into the convolutions, both modalities
 * pass the teacher as one batch of 2, the blend is folded into the layers it joins, the last blended feature map is
 * never written. Knows shapes and names, no values: a runner turns it into primitives of its backend.
 *
 * @param images the prepared images of both modalities, rgb first: 2 x S x S x 3
 */
public record ExecutionPlan(Backbone backbone, int size, PlanTensor images, List<PlanOp> ops) {
    /**
     * The plan of a network.
     *
     * @param size S, a positive multiple of 32
     */
    public static ExecutionPlan of(Backbone backbone, int size) {
        if (size <= 0 || size % 32 != 0) {
            throw new IllegalArgumentException("the input size must be a positive multiple of 32, not " + size);
        }
        PlanTensor images = new PlanTensor("images", NetworkPart.TEACHER, 2, 3, size);
        return new ExecutionPlan(backbone, size, images, new NetworkPlanner(backbone).plan(images));
    }

    /** The folded layers, each once, in the order of their first use. */
    public List<Layer> layers() {
        return ops.stream()
                .filter(PlanOp.Convolution.class::isInstance)
                .map(op -> ((PlanOp.Convolution) op).layer())
                .toList();
    }

    /** Side of the distance maps of a scale, 0 to 2. */
    public int side(int scale) {
        return size / 4 >> scale;
    }

    /** Multiplications and additions for one part. */
    public double flop() {
        return ops.stream().mapToDouble(PlanOp::flop).sum();
    }
}
