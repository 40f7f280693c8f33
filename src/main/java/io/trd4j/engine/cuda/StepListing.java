package io.trd4j.engine.cuda;

import io.trd4j.engine.StepProfile;
import java.util.List;
import java.util.Locale;

/** A step of the device as a line of the plan's report. */
final class StepListing {
    private StepListing() {}

    static StepProfile of(CudaStep step) {
        long weights = 0;
        double flop = 0;
        String shape = "";
        List<PlacedConvolution> layers = step instanceof CudaStep.Group group
                ? group.layers()
                : step instanceof CudaStep.ByLibrary library ? List.of(library.layer()) : List.of();
        for (PlacedConvolution layer : layers) {
            weights += layer.weights().bytes();
            flop += layer.op().flop();
            shape = layer.op().input().shape() + " > " + layer.op().output().shape();
        }
        if (step instanceof TunerStep tuner) {
            for (int branch = 0; branch < 2; branch++) {
                weights += tuner.weights()[branch].bytes();
            }
            flop = tuner.flop();
        } else if (step instanceof CudaStep.FuseCosine cosine) {
            flop = (cosine.amplified() == null ? 6.0 : 7.0)
                    * cosine.decoder().pixels()
                    * cosine.decoder().channels();
        }
        long features = bytes(step.reads()) + bytes(step.writes());
        String type = layers.isEmpty() ? "" : layers.get(0).in().type().name().toLowerCase(Locale.ROOT);
        return new StepProfile(
                step.name(),
                step.part().key(),
                step.stream().key(),
                shape,
                type,
                flop,
                features,
                weights,
                step.implementation(),
                0);
    }

    private static long bytes(List<CudaTensor.Buffer> buffers) {
        return buffers.stream().distinct().mapToLong(CudaTensor.Buffer::bytes).sum();
    }
}
