package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.cuda.WeightSlot.Layout;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.model.Precision;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures each group of convolutions on the device both ways, as one call of libtrd and by the library, and keeps what
 * was faster, once for each kind of device ({@link MeasuredChoices}). Both run in graphs, with the caches flushed
 * before every repetition: in a part, each weight comes from memory.
 */
final class FastestConvolutions {
    private static final Logger LOG = LoggerFactory.getLogger(FastestConvolutions.class);
    /** Repetitions in a graph; and measured runs of it, of which the median counts. */
    static final int REPETITIONS = 8;

    static final int RUNS = 5;
    /** More than any GPU's second-level cache. */
    private static final long FLUSH_BYTES = 192L << 20;
    /** Share of the time that the library must gain to be preferred; with less, noise would decide. */
    private static final double GAIN = 0.03;

    private final Device device;
    private final ExecutionPlan plan;
    private final Precision precision;
    private final ElementType type;
    private final OpTarget exec;
    private final ConvolutionLibrary library;
    private final int repetitions;
    private final int runs;
    private final MeasuredChoices choices;
    private final Map<String, Boolean> measured = new HashMap<>();

    FastestConvolutions(
            Device device,
            ExecutionPlan plan,
            Precision precision,
            OpTarget exec,
            ConvolutionLibrary library,
            MeasuredChoices choices,
            int repetitions,
            int runs) {
        this.device = device;
        this.plan = plan;
        this.precision = precision;
        type = CudaNetwork.type(precision);
        this.exec = exec;
        this.library = library;
        this.repetitions = repetitions;
        this.runs = runs;
        this.choices = choices;
    }

    ConvolutionChoice choose() {
        List<CudaStep.Group> groups = new NetworkCompiler(plan, type, exec, ConvolutionChoice.LIBTRD, null)
                .compile().schedule().steps().stream()
                        .filter(step -> step instanceof CudaStep.Group group
                                && group.layers().stream().anyMatch(l -> library.supports(l.op())))
                        .map(CudaStep.Group.class::cast)
                        .toList();
        Map<String, Boolean> decided = choices.decided();
        for (CudaStep.Group group : groups) {
            if (!decided.containsKey(signature(group))) {
                measured.computeIfAbsent(signature(group), s -> isLibraryFaster(group));
            }
        }
        if (!measured.isEmpty()) {
            decided = choices.decide(measured);
        }
        Set<String> chosen = new HashSet<>();
        for (CudaStep.Group group : groups) {
            if (decided.get(signature(group))) {
                group.layers().stream().filter(l -> library.supports(l.op())).forEach(l -> chosen.add(name(l.op())));
            }
        }
        LOG.debug("{} of {} convolutions are {}'s", chosen.size(), plan.layers().size(), library.name());
        return c -> library.supports(c) && chosen.contains(name(c));
    }

    private static String name(PlanOp.Convolution c) {
        return c.layer().convolution();
    }

    /** Groups that look alike take the same time. */
    private static String signature(CudaStep.Group group) {
        StringBuilder text = new StringBuilder();
        for (PlacedConvolution l : group.layers()) {
            Layer layer = l.op().layer();
            text.append(layer.transposed())
                    .append(layer.in())
                    .append('-')
                    .append(layer.out())
                    .append('k')
                    .append(layer.kernel())
                    .append('s')
                    .append(layer.stride())
                    .append('@')
                    .append(l.in().images())
                    .append('x')
                    .append(l.in().side())
                    .append(l.residual() != null)
                    .append(l.post() != null)
                    .append(l.op().relu())
                    .append(l.out().whole())
                    .append(';');
        }
        return text.toString();
    }

    private boolean isLibraryFaster(CudaStep.Group group) {
        double own = millis(group, false);
        double other = millis(group, true);
        LOG.debug(
                "{}: libtrd {} ms, {} {} ms, of {} repetitions with flushes",
                group.name(),
                own,
                library.name(),
                other,
                repetitions);
        return other < own * (1 - GAIN);
    }

    private double millis(CudaStep.Group group, boolean byLibrary) {
        List<WeightSlot> slots = new ArrayList<>();
        List<CudaStep> steps = steps(group, byLibrary, slots);
        long stream = device.newStream();
        try {
            NetworkCompiler.Compiled compiled = new NetworkCompiler.Compiled(new Schedule(steps), slots, null);
            CudaNetwork trial = new CudaNetwork(
                    device,
                    plan,
                    precision,
                    compiled,
                    byLibrary ? library : null,
                    new DeviceWeights(device, slots, stream));
            // The session closes the trial's weights.
            Session session = new Session(trial);
            try (Session.Captured captured = session.capture((input, r) -> {}, (output, r) -> {})) {
                long[] nanos = new long[runs];
                captured.run();
                for (int i = 0; i < runs; i++) {
                    long start = System.nanoTime();
                    captured.run();
                    nanos[i] = System.nanoTime() - start;
                }
                Arrays.sort(nanos);
                return nanos[runs / 2] / 1e6;
            } finally {
                session.close();
            }
        } finally {
            device.closeStream(stream);
        }
    }

    /** The group again and again, in memory of its own, with flushes between. */
    private List<CudaStep> steps(CudaStep.Group group, boolean byLibrary, List<WeightSlot> slots) {
        Map<Buffer, Buffer> fresh = new IdentityHashMap<>();
        List<CudaStep> candidate = new ArrayList<>();
        List<PlacedConvolution> rest = new ArrayList<>();
        for (int i = 0; i < group.layers().size(); i++) {
            PlacedConvolution l = group.layers().get(i);
            boolean other = byLibrary && library.supports(l.op());
            WeightSlot.OfConvolution slot =
                    NetworkCompiler.slot(type, l.weights().folded, other ? Layout.CHANNELS_LAST : Layout.LIBTRD);
            slots.add(slot);
            PlacedConvolution copy = new PlacedConvolution(
                    l.op(),
                    slot,
                    fresh(l.in(), fresh),
                    fresh(l.residual(), fresh),
                    fresh(l.post(), fresh),
                    fresh(l.out(), fresh));
            if (other) {
                boolean second =
                        group.layers().size() > 1 && i >= (group.layers().size() + 1) / 2;
                candidate.add(new CudaStep.ByLibrary(copy, second ? StreamRole.SECOND : StreamRole.MAIN, library));
            } else {
                rest.add(copy);
            }
        }
        if (!rest.isEmpty()) {
            candidate.add(NetworkCompiler.group(type, exec, rest));
        }
        List<Buffer> inputs =
                candidate.stream().flatMap(s -> s.reads().stream()).distinct().toList();
        List<Buffer> outputs =
                candidate.stream().flatMap(s -> s.writes().stream()).distinct().toList();
        Buffer flush = new Buffer(FLUSH_BYTES);
        List<CudaStep> steps = new ArrayList<>();
        for (int i = 0; i < repetitions; i++) {
            steps.add(new CacheFlush(flush, inputs, i == 0 ? List.of() : outputs));
            steps.addAll(candidate);
        }
        return steps;
    }

    private static CudaTensor fresh(CudaTensor value, Map<Buffer, Buffer> fresh) {
        if (value == null) {
            return null;
        }
        return new CudaTensor(
                fresh.computeIfAbsent(value.buffer(), b -> new Buffer(b.bytes())),
                value.type(),
                value.images(),
                value.channels(),
                value.side(),
                value.offset(),
                value.pixelStride());
    }
}
