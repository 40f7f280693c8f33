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
        List<CudaStep.Layered> layers = step instanceof CudaStep.Group group ? group.layers()
                : step instanceof CudaStep.ByLibrary library ? List.of(library.layer()) : List.of();
        for (CudaStep.Layered layer : layers) {
            weights += layer.weights().bytes();
            flop += layer.op().flop();
            shape = layer.op().input().shape() + " > " + layer.op().output().shape();
        }
        if (step instanceof CudaStep.Tuner tuner) {
            for (int branch = 0; branch < 2; branch++) {
                weights += tuner.weights()[branch].bytes();
                flop += flop(tuner, branch);
            }
        } else if (step instanceof CudaStep.FuseCosine cosine) {
            flop = (cosine.amplified() == null ? 6.0 : 7.0) * cosine.decoder().pixels() * cosine.decoder().channels();
        }
        long features = bytes(step.reads()) + bytes(step.writes());
        String type = layers.isEmpty() ? "" : layers.get(0).in().type().name().toLowerCase(Locale.ROOT);
        return new StepProfile(step.name(), part(step), stream(step), shape, type, flop, features, weights, step.implementation(), 0);
    }

    /** A layer multiplies each weight with one value of every output pixel, transposed ones with every fourth. */
    private static double flop(CudaStep.Tuner tuner, int branch) {
        double flop = 0;
        int scale = -1;
        long side = 0;
        for (WeightSlot.Folded folded : tuner.weights()[branch].layers) {
            var layer = folded.layer();
            int channels = layer.in();
            if (scale + 1 < 3 && channels == tuner.in()[branch][scale + 1].channels() && begins(folded)) {
                scale++;
                side = tuner.in()[branch][scale].side();
            }
            long out = layer.transposed() ? 2 * side : side / layer.stride();
            flop += 2.0 * out * out * layer.weights() / (layer.transposed() ? 4 : 1);
            side = out;
        }
        return flop;
    }

    private static boolean begins(WeightSlot.Folded folded) {
        return folded.layer().convolution().endsWith(".0");
    }

    private static long bytes(List<CudaTensor.Buffer> buffers) {
        return buffers.stream().distinct().mapToLong(b -> b.bytes).sum();
    }

    private static String stream(CudaStep step) {
        return step.stream() == Schedule.MAIN ? "main" : step.stream() == Schedule.SIDE ? "side" : "second";
    }

    private static String part(CudaStep step) {
        String name = step.name();
        return step instanceof CudaStep.Tuner tuner ? tuner.amplifier() ? "amplifier" : "filter"
                : step instanceof CudaStep.FuseCosine || step instanceof CudaStep.Output ? "distance"
                : name.contains(".decoder.") ? "decoder" : name.contains(".bn.") ? "bottleneck" : "teacher";
    }
}
