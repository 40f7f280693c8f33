package io.trd4j.train;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.io.Stop;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The distillation loss (SPEC section 3) of a student that had learnt nothing but the teacher's mean feature, the same
 * at every position of every part: the level that a trained student must be below. One teacher pass per part.
 */
public final class MeanFeature {
    private static final int SCALES = 3;
    /** Plain, filter, amplifier and fused outputs: each would be the mean feature. */
    private static final int OUTPUTS = 4;

    private MeanFeature() {}

    /** The level of each branch on these parts, at least one. */
    public static ValidationLoss loss(Network network, PreparedParts normal, int threads) {
        LibTorch.setThreads(threads);
        // Per branch and scale, of each part the sum over the positions of its features, normalised as one vector.
        List<List<double[]>> sums = new ArrayList<>();
        for (int i = 0; i < 2 * SCALES; i++) {
            sums.add(new ArrayList<>());
        }
        double[] positions = new double[2 * SCALES];
        for (int part = 0; part < normal.count(); part++) {
            Stop.check();
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Features both = network.teacher().apply(normal.batch(new int[] {part}, 0, 1));
                for (int branch = 0; branch < 2; branch++) {
                    List<Tensor> features = both.images(branch, branch + 1).asList();
                    for (int scale = 0; scale < SCALES; scale++) {
                        int i = branch * SCALES + scale;
                        positions[i] = features.get(scale).size(2)
                                * features.get(scale).size(3);
                        sums.get(i).add(directionSum(features.get(scale)));
                    }
                }
            }
        }
        double[] loss = new double[2];
        for (int i = 0; i < sums.size(); i++) {
            loss[i / SCALES] += OUTPUTS * distance(sums.get(i), positions[i]);
        }
        return new ValidationLoss(loss[0], loss[1]);
    }

    private static double[] directionSum(Tensor features) {
        Tensor sum = features.sum(0, 2, 3).div(features.norm(new Scalar(2))).contiguous();
        float[] values = new float[(int) sum.numel()];
        new FloatPointer(sum.data_ptr()).get(values);
        double[] direction = new double[values.length];
        for (int c = 0; c < values.length; c++) {
            direction[c] = values[c];
        }
        return direction;
    }

    /** Mean over the parts of 1 - cos between a part's features and the same mean direction at all positions. */
    private static double distance(List<double[]> sums, double positions) {
        double[] mean = new double[sums.get(0).length];
        for (double[] sum : sums) {
            for (int c = 0; c < mean.length; c++) {
                mean[c] += sum[c] / sums.size();
            }
        }
        double square = 0;
        for (double m : mean) {
            square += m * m;
        }
        // The mean over the parts of the products with their mean is the square of the mean.
        return 1 - Math.sqrt(square / positions);
    }
}
