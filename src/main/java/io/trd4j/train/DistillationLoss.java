package io.trd4j.train;

import io.trd4j.model.network.Features;
import io.trd4j.model.network.Student;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The distillation loss of one branch (SPEC section 3): plain decoder, filter, amplifier and fused decoder outputs,
 * each against the branch's own teacher features. What a student without filter or amplifier does not compute is null
 * and not in the total; without amplifier the fused outputs are the plain ones and count once.
 */
public record DistillationLoss(Tensor plain, Tensor filter, Tensor amplifier, Tensor fused, Tensor total) {
    private static final double NORM_EPSILON = 1e-8;

    /** @param own the branch's own teacher features, which all outputs are compared with */
    public static DistillationLoss of(Student.Output student, Features own) {
        Features directions = directions(own);
        Tensor plain = toDirections(student.plain(), directions);
        Tensor filter = student.filter() == null ? null : toDirections(student.filter(), directions);
        Tensor amplifier = student.amplifier() == null ? null : toDirections(student.amplifier(), directions);
        Tensor fused = amplifier == null ? null : toDirections(student.fused(), directions);
        Tensor total = filter == null ? plain : plain.add(filter);
        return new DistillationLoss(
                plain,
                filter,
                amplifier,
                fused,
                amplifier == null ? total : total.add(amplifier).add(fused));
    }

    /**
     * D(x, y): sum over scales of the batch mean of 1 - cos, each sample's whole feature map being one vector.
     *
     * @param x gets gradients
     * @param y constant
     */
    public static Tensor distance(Features x, Features y) {
        return toDirections(x, directions(y));
    }

    /**
     * Each sample's features of a scale [n, side * side * C] with length 1: once for all outputs compared with them.
     */
    private static Features directions(Features y) {
        return new Features(direction(y.f1()), direction(y.f2()), direction(y.f3()));
    }

    private static Tensor direction(Tensor y) {
        Tensor rows = rows(y);
        return rows.div(lengths(rows).unsqueeze(1));
    }

    private static Tensor toDirections(Features x, Features directions) {
        Tensor total = one(x.f1(), directions.f1());
        total = total.add(one(x.f2(), directions.f2()));
        return total.add(one(x.f3(), directions.f3()));
    }

    private static Tensor one(Tensor x, Tensor direction) {
        Tensor rows = rows(x);
        return rows.mul(direction).sum(1).div(lengths(rows)).mean().neg().add(new Scalar(1.0));
    }

    private static Tensor lengths(Tensor rows) {
        return rows.norm(new ScalarOptional(new Scalar(2)), new long[] {1}, false)
                .clamp_min(new Scalar(NORM_EPSILON));
    }

    // In the order the features lie in memory (n, h, w, c): a view instead of a copy; the cosine does not mind. Sums
    // over
    // a whole feature map need float32, whatever a student computes in.
    private static Tensor rows(Tensor x) {
        return x.to(torch.ScalarType.Float).permute(0, 2, 3, 1).reshape(x.size(0), -1);
    }
}
