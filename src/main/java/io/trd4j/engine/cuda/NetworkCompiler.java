package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.cuda.WeightSlot.Folded;
import io.trd4j.engine.cuda.WeightSlot.Layout;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import io.trd4j.ops.Convolutions;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a plan into steps for the device. The tuners become one step each; of the other convolutions, all that are
 * ready at the same time become one group, both students' among them, so that a group fills the device and launches
 * stay few. Concatenations vanish: their parts are written into slices. Both branches' features before a distance lie
 * side by side.
 */
final class NetworkCompiler {
    /** Before the maps in the result: three scores, then whether the part could be used. */
    static final long RESULT_HEAD = 256;

    static final long FAULT_OFFSET = 16;

    private final ExecutionPlan plan;
    private final ElementType type;
    private final OpTarget exec;
    private final ConvolutionChoice choice;
    private final ConvolutionLibrary library;
    private final List<CudaStep> steps = new ArrayList<>();
    private final List<WeightSlot> slots = new ArrayList<>();
    private final Map<String, CudaTensor> values = new HashMap<>();
    private final Set<String> ready = new LinkedHashSet<>();
    /** The op that writes a tensor, by name; and the concatenation that is its only reader. */
    private final Map<String, PlanOp> writers = new HashMap<>();

    private final Map<String, PlanOp.Concatenate> joinedBy = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();
    private final Buffer[] distances = new Buffer[3];
    private CudaTensor images;

    /** Steps of one part, with the memory that their recording needs to know. */
    record Compiled(Schedule schedule, List<WeightSlot> slots, CudaTensor images) {}

    /**
     * @param exec of the device: how much scratch a call needs depends on it
     * @param library that computes what the choice gives it; null when that is nothing
     */
    NetworkCompiler(
            ExecutionPlan plan, ElementType type, OpTarget exec, ConvolutionChoice choice, ConvolutionLibrary library) {
        this.plan = plan;
        this.type = type;
        this.exec = exec;
        this.choice = choice;
        this.library = library;
        for (PlanOp op : plan.ops()) {
            if (op.output() != null) {
                writers.put(op.output().name(), op);
            }
            for (PlanTensor input : op.inputs()) {
                readers.merge(input.name(), 1, Integer::sum);
                if (op instanceof PlanOp.Concatenate joined) {
                    joinedBy.put(input.name(), joined);
                }
            }
        }
    }

    Compiled compile() {
        images = CudaTensor.dense(type, 2, 3, plan.size());
        values.put(plan.images().name(), images);
        long pixels = (long) plan.size() * plan.size();
        Buffer result = new Buffer(RESULT_HEAD + 3 * pixels * Float.BYTES);
        steps.add(new CudaStep.Input(new PartInput(1, images.image(1), result)));
        steps.add(new CudaStep.Input(new PartInput(0, images.image(0), result)));
        available(plan.images());
        pairs();
        List<PlanOp> rest = new ArrayList<>(plan.ops());
        rest.removeIf(op -> op instanceof PlanOp.Concatenate);
        while (!rest.isEmpty()) {
            int before = rest.size();
            rest.removeIf(op -> op instanceof PlanOp.MaxPool pool && ready(op) && maxPool(pool));
            tuner(rest, false);
            tuner(rest, true);
            distances(rest);
            groups(rest);
            if (rest.size() == before) {
                throw new IllegalStateException(
                        "nothing of the rest of the plan can be computed, from " + rest.get(0) + " on");
            }
        }
        steps.add(new CudaStep.Output(new PartOutput(distances, result)));
        return new Compiled(new Schedule(steps), List.copyOf(slots), images);
    }

    /** Gives both branches' inputs of a distance the memory of two images of one batch. */
    private void pairs() {
        for (PlanOp op : plan.ops()) {
            if (op instanceof PlanOp.FuseCosine cosine) {
                pair("decoder" + cosine.scale(), cosine.branch(), cosine.decoder());
                if (cosine.amplified() != null) {
                    pair("amplified" + cosine.scale(), cosine.branch(), cosine.amplified());
                }
            }
        }
    }

    private void pair(String name, int branch, PlanTensor tensor) {
        CudaTensor both =
                values.computeIfAbsent(name, n -> CudaTensor.dense(type, 2, tensor.channels(), tensor.side()));
        values.put(tensor.name(), both.image(branch));
    }

    private boolean maxPool(PlanOp.MaxPool pool) {
        steps.add(new CudaStep.MaxPool(pool, value(pool.input()), value(pool.output())));
        available(pool.output());
        return true;
    }

    /** The filter or the amplifier of both branches, when the teacher is done. */
    private void tuner(List<PlanOp> rest, boolean amplifier) {
        List<PlanOp.Convolution> chains = new ArrayList<>();
        for (PlanOp op : rest) {
            if (op instanceof PlanOp.Convolution c
                    && c.layer().part() == (amplifier ? NetworkPart.AMPLIFIER : NetworkPart.FILTER)) {
                chains.add(c);
            }
        }
        int depth = amplifier ? DeviceOps.amplifierLayers() : DeviceOps.filterLayers();
        if (chains.isEmpty() || chains.stream().anyMatch(c -> c.input().batch() != null && !ready(c))) {
            return;
        }
        List<PlanTensor> done = new ArrayList<>();
        CudaTensor[][] in = new CudaTensor[2][3];
        CudaTensor[][] out = new CudaTensor[2][3];
        WeightSlot.OfTuner[] weights = new WeightSlot.OfTuner[2];
        int c1 = plan.backbone().channels(1);
        for (int branch = 0; branch < 2; branch++) {
            // In the plan the amplifier's scales come in the decoder's order, last first.
            List<PlanOp.Convolution> layers = byScale(chains.subList(branch * depth, (branch + 1) * depth));
            for (int i = 0; i < layers.size(); i++) {
                PlanOp.Convolution c = layers.get(i);
                int scale = scale(c);
                if (c.input().batch() != null) {
                    in[branch][scale] = value(c.input());
                }
                if (i == layers.size() - 1 || scale(layers.get(i + 1)) != scale) {
                    out[branch][scale] = value(c.output());
                    done.add(c.output());
                }
            }
            List<Folded> folded = layers.stream()
                    .map(c -> new Folded(c.layer(), c.layer().blend() != null, null))
                    .toList();
            weights[branch] = new WeightSlot.OfTuner(
                    folded,
                    amplifier,
                    amplifier ? DeviceOps.amplifierPackedBytes(type, c1) : DeviceOps.filterPackedBytes(type, c1));
            slots.add(weights[branch]);
        }
        int side = in[0][0].side();
        long scratch = amplifier
                ? DeviceOps.amplifierWorkspaceBytes(exec, type, 2, 1, side, c1)
                : DeviceOps.filterWorkspaceBytes(exec, type, 2, 1, side, c1);
        steps.add(new TunerStep(
                amplifier,
                in,
                out,
                weights,
                Scratch.of(scratch),
                chains.stream().mapToDouble(PlanOp::flop).sum()));
        done.forEach(this::available);
        rest.removeAll(chains);
    }

    private List<PlanOp.Convolution> byScale(List<PlanOp.Convolution> chains) {
        List<PlanOp.Convolution> sorted = new ArrayList<>(chains);
        // Stable: a chain's layers stay in their order.
        sorted.sort((a, b) -> Integer.compare(scale(a), scale(b)));
        return sorted;
    }

    private int scale(PlanOp.Convolution tuner) {
        PlanOp.Convolution c = tuner;
        while (c.input().batch() == null) {
            c = (PlanOp.Convolution) writers.get(c.input().name());
        }
        return switch (plan.size() / c.input().side()) {
            case 4 -> 0;
            case 8 -> 1;
            case 16 -> 2;
            default -> throw new IllegalStateException(c + " reads no teacher feature");
        };
    }

    private static boolean isTuner(PlanOp.Convolution c) {
        return c.layer().part() == NetworkPart.FILTER || c.layer().part() == NetworkPart.AMPLIFIER;
    }

    /** Scales of which both branches' features are ready. */
    private void distances(List<PlanOp> rest) {
        for (int scale = 0; scale < 3; scale++) {
            List<PlanOp.FuseCosine> both = new ArrayList<>();
            for (PlanOp op : rest) {
                if (op instanceof PlanOp.FuseCosine cosine && cosine.scale() == scale && ready(op)) {
                    both.add(cosine);
                }
            }
            if (both.size() == 2) {
                PlanOp.FuseCosine cosine = both.get(0);
                long side = plan.side(scale);
                distances[scale] = new Buffer(2 * side * side * Float.BYTES);
                steps.add(new CudaStep.FuseCosine(
                        scale,
                        values.get("decoder" + scale),
                        cosine.amplified() == null ? null : values.get("amplified" + scale),
                        values.get(cosine.teacher().batch().name()),
                        distances[scale]));
                rest.removeAll(both);
            }
        }
    }

    private void groups(List<PlanOp> rest) {
        List<PlanOp.Convolution> layers = new ArrayList<>();
        for (PlanOp op : rest) {
            if (op instanceof PlanOp.Convolution c && !isTuner(c) && ready(op)) {
                layers.add(c);
            }
        }
        List<PlacedConvolution> libtrd = new ArrayList<>();
        for (PlanOp.Convolution c : layers) {
            boolean other = choice.isLibrary(c);
            PlacedConvolution placed = placed(c, other ? Layout.CHANNELS_LAST : Layout.LIBTRD);
            if (other) {
                // One student's layers beside the other's.
                boolean second = layers.size() > 1 && layers.indexOf(c) >= (layers.size() + 1) / 2;
                steps.add(new CudaStep.ByLibrary(placed, second ? StreamRole.SECOND : StreamRole.MAIN, library));
            } else {
                libtrd.add(placed);
            }
        }
        for (int from = 0; from < libtrd.size(); from += Convolutions.MAX) {
            steps.add(group(type, exec, libtrd.subList(from, Math.min(from + Convolutions.MAX, libtrd.size()))));
        }
        layers.forEach(c -> available(c.output()));
        rest.removeAll(layers);
    }

    static CudaStep.Group group(ElementType type, OpTarget exec, List<PlacedConvolution> layers) {
        try (Convolutions sizes = CudaStep.Group.sizes(layers)) {
            return new CudaStep.Group(
                    List.copyOf(layers), Scratch.of(DeviceOps.convolutionsWorkspaceBytes(exec, type, sizes)));
        }
    }

    private PlacedConvolution placed(PlanOp.Convolution c, Layout layout) {
        Layer layer = c.layer();
        PlanOp writer = writers.get(c.input().name());
        Layer reads = writer instanceof PlanOp.Convolution w && w.layer().blend() != null ? w.layer() : null;
        WeightSlot.OfConvolution slot = slot(type, new Folded(layer, false, reads), layout);
        slots.add(slot);
        return new PlacedConvolution(
                c,
                slot,
                value(c.input()),
                c.residual() == null ? null : value(c.residual()),
                c.amplified() == null ? null : value(c.amplified()),
                value(c.output()));
    }

    static WeightSlot.OfConvolution slot(ElementType type, Folded folded, Layout layout) {
        Layer layer = folded.layer();
        return layout == Layout.LIBTRD
                ? new WeightSlot.OfConvolution(
                        folded,
                        layout,
                        DeviceOps.convolutionPackedBytes(
                                type, layer.in(), layer.out(), layer.kernel(), layer.transposed()),
                        (long) layer.out() * Float.BYTES)
                : new WeightSlot.OfConvolution(
                        folded, layout, layer.weights() * type.bytes(), (long) layer.out() * type.bytes());
    }

    private boolean ready(PlanOp op) {
        return op.inputs().stream().allMatch(t -> ready.contains(whole(t).name()));
    }

    private static PlanTensor whole(PlanTensor tensor) {
        return tensor.batch() == null ? tensor : tensor.batch();
    }

    /**
     * Marks a tensor as computed, copies it into concatenations where it was not written there, marks those too when
     * complete.
     */
    private void available(PlanTensor tensor) {
        ready.add(tensor.name());
        for (PlanOp op : plan.ops()) {
            if (op instanceof PlanOp.Concatenate joined
                    && joined.inputs().stream().anyMatch(t -> whole(t).equals(tensor))) {
                int at = 0;
                for (PlanTensor part : joined.inputs()) {
                    if (whole(part).equals(tensor) && !inPlace(part)) {
                        steps.add(new CudaStep.Copy(
                                joined.output().name() + " <- " + part.name(),
                                joined.output().part(),
                                value(part),
                                value(joined.output()).channels(at, part.channels())));
                    }
                    at += part.channels();
                }
                if (ready(joined)) {
                    ready.add(joined.output().name());
                }
            }
        }
    }

    /** Whether a tensor is written into its slice of a concatenation and nowhere else. */
    private boolean inPlace(PlanTensor tensor) {
        return tensor.batch() == null && joinedBy.containsKey(tensor.name()) && readers.get(tensor.name()) == 1;
    }

    private CudaTensor value(PlanTensor tensor) {
        if (tensor.batch() != null) {
            return value(tensor.batch()).image(tensor.image());
        }
        CudaTensor known = values.get(tensor.name());
        if (known != null) {
            return known;
        }
        CudaTensor made;
        if (inPlace(tensor)) {
            PlanOp.Concatenate joined = joinedBy.get(tensor.name());
            int at = 0;
            for (PlanTensor part : joined.inputs().subList(0, joined.inputs().indexOf(tensor))) {
                at += part.channels();
            }
            made = value(joined.output()).channels(at, tensor.channels());
        } else {
            made = CudaTensor.dense(type, tensor.images(), tensor.channels(), tensor.side());
        }
        values.put(tensor.name(), made);
        return made;
    }
}
