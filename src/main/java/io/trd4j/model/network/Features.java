package io.trd4j.model.network;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * One tensor per scale: {@code f1 [n, C1, S/4, S/4]}, {@code f2 [n, C2, S/8, S/8]}, {@code f3 [n, C3, S/16, S/16]}.
 * Owns nothing: the tensors belong to the PointerScope in which they were made.
 */
public record Features(Tensor f1, Tensor f2, Tensor f3) {
    /** f1, f2, f3. */
    public List<Tensor> asList() {
        return List.of(f1, f2, f3);
    }

    /** Images {@code from} (inclusive) to {@code to} (exclusive) of each scale, as views. */
    public Features images(long from, long to) {
        return new Features(
                f1.narrow(0, from, to - from), f2.narrow(0, from, to - from), f3.narrow(0, from, to - from));
    }

    /** Per scale the channels of these features, then those of the others: {@code [n, 2C, side, side]}. */
    public Features channels(Features others) {
        return new Features(join(f1, others.f1), join(f2, others.f2), join(f3, others.f3));
    }

    /** Each scale in another element type; what has it already stays itself. */
    public Features to(torch.ScalarType type) {
        return new Features(f1.to(type), f2.to(type), f3.to(type));
    }

    private static Tensor join(Tensor a, Tensor b) {
        return torch.cat(new TensorVector(a, b), 1);
    }
}
