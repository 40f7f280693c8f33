package io.trd4j.inspect;

import io.trd4j.align.Locator;
import io.trd4j.align.PositionBuilder;
import io.trd4j.align.PositionScores;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.engine.PartEngine;
import io.trd4j.engine.PartMaps;
import io.trd4j.io.InputException;
import io.trd4j.model.Alignment;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Measures what is usual at each position of an aligned model's frame (specification, section 9). */
public final class PositionCalibration {
    /** Fewer normal parts, which the model was not trained on, set no scale: one or two say nothing of a spread. */
    public static final int MIN_JUDGED = 5;

    private PositionCalibration() {}

    /** Steps that are counted to {@link #run}'s progress. */
    public static int steps(int learnt, int judged) {
        return learnt + 2 * judged;
    }

    /**
     * Inspects normal parts in fp32 on the CPU, and replaces the model file's positions.
     *
     * @param model calibrated and aligned
     * @param known statistics of the positions that stay, in this calibration's units: only the scale is measured; null
     *     = they are learnt
     * @param learnt normal parts whose differences and maps are averaged at each position; those that the model was
     *     trained on may be among them
     * @param judged normal parts whose highest places set the scale; others than the learnt ones, or scores of new
     *     parts are too high
     * @return what was measured
     * @throws InputException when the model is not aligned, or none of the parts has both modalities
     */
    public static Alignment.Positions run(
            Path model,
            Alignment.Positions known,
            List<? extends PartSource> learnt,
            List<? extends PartSource> judged,
            int threads,
            IntConsumer progress)
            throws IOException {
        Alignment alignment;
        Alignment.Positions positions;
        try (ModelFile file = ModelFile.open(model)) {
            alignment = file.alignment();
            if (alignment == null) {
                throw new InputException(model + " is not aligned; train it with --align pose");
            }
            InspectorOptions options = new InspectorOptions(threads, Precision.FP32).withDevice(DeviceChoice.CPU);
            PartMaps maps = new PartMaps(alignment.size());
            try (PartEngine engine = EngineChoice.open(file, options)) {
                Locator locator = new Locator(alignment);
                int done = 0;
                Alignment.Positions usual = known;
                if (usual == null) {
                    try (PositionBuilder builder = new PositionBuilder(alignment)) {
                        for (PartSource source : learnt) {
                            if (inspected(engine, locator, source, maps)) {
                                builder.learn(locator, maps.mapRgb, maps.mapDepth);
                            }
                            progress.accept(++done);
                        }
                        if (builder.count() == 0) {
                            throw without();
                        }
                        usual = builder.build();
                    }
                }
                List<float[]> peaks = new ArrayList<>();
                try (PositionScores scores = new PositionScores(alignment.withPositions(usual))) {
                    for (PartSource source : judged) {
                        if (inspected(engine, locator, source, maps)) {
                            peaks.add(scores.peaks(locator, maps.mapRgb, maps.mapDepth));
                        }
                        progress.accept(++done);
                    }
                }
                if (peaks.isEmpty()) {
                    throw without();
                }
                positions = PositionBuilder.limits(usual, peaks);
                peaks.clear();
                try (PositionScores scores = new PositionScores(alignment.withPositions(positions))) {
                    for (PartSource source : judged) {
                        if (inspected(engine, locator, source, maps)) {
                            peaks.add(scores.mapPeaks(locator, maps.map, maps.mapRgb, maps.mapDepth));
                        }
                        progress.accept(++done);
                    }
                }
                positions = PositionBuilder.mapLimits(positions, peaks);
            }
        }
        ModelFile.replaceAlignment(model, alignment.withPositions(positions));
        return positions;
    }

    /** The same statistics for the same maps in another calibration's units: a line takes the one to the other. */
    public static Alignment.Positions in(Alignment.Positions known, Calibration from, Calibration to) {
        float[] mean = known.mapMean().clone();
        float[] deviation = known.mapDeviation().clone();
        int pixels = mean.length / Alignment.Positions.MAPS;
        for (int i = 0; i < mean.length; i++) {
            boolean rgb = i < pixels;
            double factor = rgb ? from.stdRgb() / to.stdRgb() : from.stdDepth() / to.stdDepth();
            double shift = rgb
                    ? (from.meanRgb() - to.meanRgb()) / to.stdRgb()
                    : (from.meanDepth() - to.meanDepth()) / to.stdDepth();
            mean[i] = (float) (factor * mean[i] + shift);
            deviation[i] = (float) (factor * deviation[i]);
        }
        return known.with(mean, deviation, known.limits());
    }

    private static InputException without() {
        return new InputException("none of the normal parts has both colour and points; aligned models need such"
                + " parts, or train with --align none");
    }

    private static boolean inspected(PartEngine engine, Locator locator, PartSource source, PartMaps maps)
            throws IOException {
        Part part = source.load();
        part.update();
        if (part.rgb() == null || part.xyz() == null) {
            return false;
        }
        return engine.inspect(locator.locate(part), maps) == PartEngine.Outcome.INSPECTED;
    }
}
