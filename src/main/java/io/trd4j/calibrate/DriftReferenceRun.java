package io.trd4j.calibrate;

import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.DriftReference;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Puts the statistics of a category's normal validation parts into a calibrated model file: what
 * {@link io.trd4j.drift.DriftMonitor} compares with.
 */
public final class DriftReferenceRun {
    private DriftReferenceRun() {}

    /**
     * Inspects the parts, each once when there are copies, in fp32, on the CPU, and replaces the model file when all
     * are done; at most {@value DriftReference#MAX_PARTS} parts, evenly spaced. Training parts cannot stand in: a model
     * knows them better than any later part.
     *
     * @param model calibrated
     * @param threads CPU threads; 0 = one per core
     * @return empty when there are fewer than {@value DriftReference#MIN_PARTS} normal validation parts; the file then
     *     stays as it is
     * @throws io.trd4j.io.InputException when the file is no calibrated model, or a part cannot be inspected
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static Optional<DriftReference> run(Path model, Dataset dataset, int threads, Progress progress)
            throws IOException {
        return run(
                model,
                new DistinctParts(PreparedParts.normal(dataset.validation()), dataset.train()).parts(),
                threads,
                progress);
    }

    /** The same from normal parts in memory or anywhere else; none of them may be one that the model was trained on. */
    public static Optional<DriftReference> run(
            Path model, List<? extends PartSource> normal, int threads, Progress progress) throws IOException {
        return Stop.able(() -> stoppable(model, normal, threads, progress));
    }

    private static Optional<DriftReference> stoppable(
            Path model, List<? extends PartSource> normal, int threads, Progress progress) throws IOException {
        if (normal.size() < DriftReference.MIN_PARTS) {
            return Optional.empty();
        }
        int used = Math.min(normal.size(), DriftReference.MAX_PARTS);
        List<PartSource> parts = IntStream.range(0, used)
                .<PartSource>mapToObj(i -> normal.get((int) ((long) i * normal.size() / used)))
                .toList();
        InspectorOptions options = new InspectorOptions(threads, Precision.FP32)
                .withDevice(DeviceChoice.CPU)
                .withInputs(InputPolicy.inspectOther());
        // A reference belongs to the calibration that it was measured with.
        try (OutputLock lock = OutputLock.joining(model)) {
            DriftReference reference;
            try (Inspector inspector = Inspector.open(model, options)) {
                reference = new ScoredParts(
                                inspector, parts, new boolean[used], List.of(ScoreBranch.COMBINED), progress)
                        .reference();
            }
            ModelFile.replaceInfo(model, info -> info.withDriftReference(reference));
            return Optional.ofNullable(reference);
        }
    }
}
