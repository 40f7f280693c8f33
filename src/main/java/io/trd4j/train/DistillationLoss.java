package io.trd4j.train;

import io.trd4j.model.network.Features;
import io.trd4j.model.network.Student;
import org.bytedeco.pytorch.Scalar;
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
        Tensor plain = distance(student.plain(), own);
        Tensor filter = student.filter() == null ? null : distance(student.filter(), own);
        Tensor amplifier = student.amplifier() == null ? null : distance(student.amplifier(), own);
        Tensor fused = amplifier == null ? null : distance(student.fused(), own);
        Tensor total = filter == null ? plain : plain.add(filter);
        return new DistillationLoss(
                plain,
                filter,
                amplifier,
                fused,
                amplifier == null ? total : total.add(amplifier).add(fused));
    }

    /** D(x, y): sum over scales of the batch mean of 1 - cos, each sample's whole feature map being one vector. */
    public static Tensor distance(Features x, Features y) {
        Tensor total = one(x.f1(), y.f1());
        total = total.add(one(x.f2(), y.f2()));
        return total.add(one(x.f3(), y.f3()));
    }

    private static Tensor one(Tensor x, Tensor y) {
        return torch.cosine_similarity(flat(x), flat(y), 1, NORM_EPSILON)
                .mean()
                .neg()
                .add(new Scalar(1.0));
    }

    // In the order the features lie in memory (n, h, w, c): a view instead of a copy; the cosine does not mind.
    private static Tensor flat(Tensor x) {
        return x.permute(0, 2, 3, 1).reshape(x.size(0), -1);
    }
}
