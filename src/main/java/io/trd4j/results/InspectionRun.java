package io.trd4j.results;

import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Inspects parts that lie in files, in their order, and hands each result out before the next part is read. */
public final class InspectionRun {
    private InspectionRun() {}

    /**
     * How a run ended.
     *
     * @param verdicts how many parts got which verdict, without those that none got; all are {@link Verdict#NONE} where
     *     the model has no thresholds
     * @param skipped the test parts that were left out: when their folder was read, then in this run
     */
    public record Result(Map<Verdict, Integer> verdicts, List<SkippedPart> skipped) {
        /** How many parts were inspected. */
        public int inspected() {
            return VerdictCount.sum(verdicts);
        }
    }

    /**
     * The same, with a model that is opened, warmed up and closed.
     *
     * @throws InputException as {@link Inspector#open(Path, InspectorOptions)} and the other {@code run}
     * @throws IOException as the other {@code run}
     */
    public static Result run(
            Path model,
            InspectorOptions options,
            List<PartFiles> parts,
            SkippedParts skipped,
            Outputs outputs,
            Progress progress)
            throws IOException {
        return Stop.able(() -> {
            try (ModelInUse open = ModelInUse.open(model, options)) {
                return run(open, parts, skipped, outputs, progress);
            }
        });
    }

    /**
     * Inspects all parts. Test parts that were left out before are handed out first, each of the others in its turn.
     *
     * @param parts read as the model's colours need it
     * @param skipped knows those that were left out so far, and decides about parts that cannot be read or inspected
     * @param progress a step for every part
     * @throws InputException when a part cannot be read or inspected, or is changed while it is, and may not be left
     *     out
     * @throws io.trd4j.io.StoppedException when it was {@linkplain Stop stopped}
     * @throws IOException when a part's file is missing or fails, or a result cannot be written; the part is handed out
     *     as left out before
     */
    public static Result run(
            ModelInUse model, List<PartFiles> parts, SkippedParts skipped, Outputs outputs, Progress progress)
            throws IOException {
        return Stop.able(() -> stoppable(model, parts, skipped, outputs, progress));
    }

    private static Result stoppable(
            ModelInUse model, List<PartFiles> parts, SkippedParts skipped, Outputs outputs, Progress progress)
            throws IOException {
        Inspector inspector = model.inspector();
        ResultSink results = new AuditedResults(outputs, inspector);
        VerdictCount verdicts = new VerdictCount();
        for (SkippedPart part : skipped.of(SkippedParts.TEST)) {
            results.skipped(SkippedResult.of(part));
        }
        Inspection inspection = inspector.newInspection();
        try (Progress.Task task = Stop.task(progress, "Inspecting", parts.size())) {
            int done = 0;
            for (PartFiles stored : parts) {
                PartFiles files = stored.withColorBits(inspector.model().colorBits());
                InspectedPart part = inspect(model, files, inspection, results, skipped);
                if (part != null) {
                    results.inspected(part);
                    verdicts.add(inspection.verdict());
                }
                task.at(++done);
            }
        }
        return new Result(verdicts.parts(), skipped.of(SkippedParts.TEST));
    }

    /** Returns null for a part that is left out. */
    private static InspectedPart inspect(
            ModelInUse model, PartFiles files, Inspection inspection, ResultSink results, SkippedParts skipped)
            throws IOException {
        Instant time = Instant.now();
        try {
            PartState state = PartState.of(files);
            long start = System.nanoTime();
            Part part = files.load();
            long readNanos = System.nanoTime() - start;
            model.inspector().inspect(part, inspection);
            return new InspectedPart(model, files, state.checksums(), part, inspection, time, readNanos);
        } catch (InputException e) {
            results.skipped(SkippedResult.of(files, time, e));
            skipped.found(files.id(), e);
            return null;
        } catch (IOException | RuntimeException e) {
            // An interrupted thread cannot read: no fault of the part.
            if (!Thread.currentThread().isInterrupted()) {
                results.skipped(SkippedResult.of(files, time, e));
            }
            throw e;
        }
    }
}
