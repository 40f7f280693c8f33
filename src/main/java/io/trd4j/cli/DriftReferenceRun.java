package io.trd4j.cli;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.model.DriftReference;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Puts the statistics of a category's normal validation parts into a calibrated model: what {@code trd monitor} compares with. */
final class DriftReferenceRun {
    private DriftReferenceRun() {}

    /**
     * Inspects the parts in fp32, on the CPU; at most as many as a reference holds, evenly spaced. With too few the model stays as
     * it is: trd monitor says then how many it takes. Training parts cannot stand in: a model knows them better than any later part.
     */
    static void run(Path model, Dataset dataset, int threads) throws IOException {
        List<PartFiles> normal = dataset.validation().stream().filter(p -> !p.anomalous()).toList();
        if (normal.size() < DriftReference.MIN_PARTS) {
            return;
        }
        int used = Math.min(normal.size(), DriftReference.MAX_PARTS);
        List<PartFiles> parts = IntStream.range(0, used).mapToObj(i -> normal.get((int) ((long) i * normal.size() / used))).toList();
        InspectorOptions options = new InspectorOptions(threads, Precision.FP32).withDevice(DeviceChoice.CPU)
                .withInputs(InputPolicy.inspectOther());
        DriftReference reference;
        try (Inspector inspector = Inspector.open(model, options)) {
            reference = new ScoredParts(inspector, parts, List.of(ScoreBranch.COMBINED)).reference();
        }
        ModelFile.replaceInfo(model, info -> info.withDriftReference(reference));
    }
}
