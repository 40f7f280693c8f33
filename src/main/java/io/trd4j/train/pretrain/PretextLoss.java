package io.trd4j.train.pretrain;

import io.trd4j.model.network.Features;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.train.pretrain.formula.FormulaView;
import io.trd4j.train.pretrain.formula.FormulaView.Group;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The pretext: name what stands at every position, and recognise a position in another view, at all three scales. */
final class PretextLoss {
    private static final double TEMPERATURE = 0.1;
    private static final float NO_MARK_WEIGHT = 0.15f;

    private final PretextHeads heads;
    private final Features features;
    private final FormulaBatch batch;
    private final TorchDevice device;

    /** Of one batch, whose features and heads are on {@code device}. */
    PretextLoss(PretextHeads heads, Features features, FormulaBatch batch, TorchDevice device) {
        this.heads = heads;
        this.features = features;
        this.batch = batch;
        this.device = device;
    }

    static int classes() {
        int sum = 0;
        for (Group group : Group.values()) {
            sum += group.classes();
        }
        return sum;
    }

    /** Mean cross-entropy over scales and groups: classification. */
    Tensor classification() {
        Tensor total = torch.zeros(new long[0]);
        for (int scale = 1; scale <= 3; scale++) {
            Tensor logits = heads.classes(scale, feature(features, scale));
            long from = 0;
            for (Group group : Group.values()) {
                long[] wanted = batch.classes.get(scale - 1).get(group);
                if (Arrays.stream(wanted).allMatch(label -> label == FormulaView.UNKNOWN)) {
                    from += group.classes(); // a small batch may have no view that shows the group; its mean would
                    // be 0 / 0
                    continue;
                }
                Tensor labels = longs(wanted);
                TensorOptional weight = new TensorOptional();
                if (group.isMark()) {
                    Tensor w = torch.ones(new long[] {group.classes()});
                    w.narrow(0, 0, 1).fill_(new Scalar(NO_MARK_WEIGHT));
                    weight = new TensorOptional(device.place(w));
                }
                Tensor loss = torch.cross_entropy_loss(
                        logits.narrow(1, from, group.classes()), labels, weight, 1, FormulaView.UNKNOWN, 0.0);
                total = total.add(loss);
                from += group.classes();
            }
        }
        return total.mul(new Scalar(1.0 / (3 * Group.values().length)));
    }

    /** Mean absolute error of the measures over the cells that have them, and over scales. */
    Tensor measurement() {
        Tensor total = torch.zeros(new long[0]);
        for (int scale = 1; scale <= 3; scale++) {
            Tensor all = heads.measures(scale, feature(features, scale));
            Tensor wanted = floats(batch.measures[scale - 1], 3);
            total = total.add(error(all.narrow(1, 0, 3), wanted, floats(batch.knownColour[scale - 1], 1)))
                    .add(error(all.narrow(1, 3, 3), wanted, floats(batch.knownSurface[scale - 1], 1)));
        }
        return total.mul(new Scalar(1.0 / 6));
    }

    private static Tensor error(Tensor is, Tensor wanted, Tensor known) {
        Tensor cells = known.sum().clamp_min(new Scalar(1.0)).mul(new Scalar(3.0));
        return is.sub(wanted).abs().mul(known).sum().div(cells);
    }

    /** Mean over scales of InfoNCE in both directions. */
    Tensor contrast() {
        Tensor total = torch.zeros(new long[0]);
        for (int scale = 1; scale <= 3; scale++) {
            if (batch.first[scale - 1].length == 0) {
                continue; // everything hidden
            }
            Tensor all = heads.embeddings(scale, feature(features, scale));
            Tensor a = all.index_select(0, longs(batch.first[scale - 1]));
            Tensor b = all.index_select(0, longs(batch.second[scale - 1]));
            Tensor logits = a.mm(b.t()).mul(new Scalar(1 / TEMPERATURE));
            Tensor same =
                    device.place(torch.arange(new Scalar(logits.size(0)), new TensorOptions(torch.ScalarType.Long)));
            total = total.add(torch.cross_entropy_loss(logits, same)).add(torch.cross_entropy_loss(logits.t(), same));
        }
        return total.mul(new Scalar(1.0 / 6));
    }

    /**
     * In how few directions, and how little, the features of different positions differ: mean over scales of -log(rank)
     * - log(variance), where positions are unit vectors, as the anomaly map's cosine sees them, variance is the trace
     * of their covariance C, and rank is its participation ratio (tr C)^2 / tr C^2. A teacher of few directions is
     * easily imitated, on defects too.
     */
    static Tensor collapse(Features features) {
        Tensor total = torch.zeros(new long[0]);
        for (int scale = 1; scale <= 3; scale++) {
            Tensor map = feature(features, scale);
            Tensor rows = map.permute(0, 2, 3, 1).reshape(-1, map.size(1));
            Tensor units = rows.div(rows.mul(rows)
                    .sum(new long[] {1}, true, new ScalarTypeOptional())
                    .add(new Scalar(1e-6))
                    .sqrt());
            Tensor centred = units.sub(units.mean(new long[] {0}, true, new ScalarTypeOptional()));
            Tensor covariance = centred.t().mm(centred).div(new Scalar((double) rows.size(0)));
            Tensor variance = covariance.diagonal().sum().add(new Scalar(1e-6));
            Tensor squares = covariance.mul(covariance).sum().add(new Scalar(1e-9));
            total = total.add(squares.log()).sub(variance.log().mul(new Scalar(3.0)));
        }
        return total.mul(new Scalar(1.0 / 3));
    }

    private static Tensor feature(Features features, int scale) {
        return scale == 1 ? features.f1() : scale == 2 ? features.f2() : features.f3();
    }

    private Tensor floats(float[] values, long columns) {
        return device.place(torch.from_blob(new FloatPointer(values), new long[] {values.length / columns, columns}));
    }

    private Tensor longs(long[] values) {
        return device.place(torch.from_blob(
                new LongPointer(values), new long[] {values.length}, new TensorOptions(torch.ScalarType.Long)));
    }
}
