package io.trd4j.results;

import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspection;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Hands the parts of an evaluation to a sink: what {@link InspectionRun} hands out of the same parts. */
public final class EvaluatedParts implements EvaluationRun.Observer {
    private final EvaluationRun run;
    private final ModelInUse model;
    private final ResultSink results;
    /** By id, before any part was read. */
    private final Map<String, PartState> states = new HashMap<>();

    /**
     * @param run whose parts were not inspected yet
     * @param model that it inspects with
     */
    public EvaluatedParts(EvaluationRun run, ModelInUse model, ResultSink results) {
        this.run = run;
        this.model = model;
        this.results = results;
        run.parts().forEach(part -> states.put(part.id(), PartState.of(part)));
    }

    /**
     * Hands one part out.
     *
     * @throws io.trd4j.io.InputException when one of its files was changed since this was made
     * @throws IOException when the result cannot be written
     */
    @Override
    public void inspected(int index, Part part, long readNanos, Inspection inspection) throws IOException {
        PartFiles files = run.parts().get(index);
        results.inspected(
                new InspectedPart(model, files, states.get(files.id()).checksums(), part, inspection, readNanos));
    }

    /** Hands out the parts that were left out so far. @throws IOException when that cannot be written */
    public void skipped() throws IOException {
        for (SkippedPart part : run.skipped()) {
            results.skipped(SkippedResult.of(part));
        }
    }
}
