package io.trd4j.results;

import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.watch.Waiting;
import io.trd4j.watch.WatchRun;
import io.trd4j.watch.WatchTimes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Inspects the parts of a folder as their files appear ({@link WatchRun} says when), and hands each result out, until
 * {@link #stop}.
 */
public final class WatchedFolder {
    private final ModelInUse model;
    private final WatchRun run;

    /** Hears of what is no result. Called by the thread that runs. */
    public interface Listener {
        /** Hears nothing. */
        Listener NONE = new Listener() {};

        /** A part cannot be read or inspected; sinks are handed it afterwards. */
        default void skipped(SkippedResult part) {}

        /** A part waits for this file for a long time. Said once for each reason. */
        default void waits(Path file, Waiting why) {}

        /** The folder cannot be read now, and is tried again. Said once for each reason, one line. */
        default void unreadable(String why) {}
    }

    /**
     * How a run ended.
     *
     * @param verdicts how many parts got which verdict, as {@link InspectionRun.Result#verdicts}
     * @param known the same of parts that an earlier run inspected, by its lines
     * @param skipped how many parts could not be read or inspected
     * @param waiting how many parts had files that were not complete at the end
     */
    public record Result(Map<Verdict, Integer> verdicts, Map<Verdict, Integer> known, int skipped, int waiting) {
        /** How many parts were inspected, without those that were known. */
        public int inspected() {
            return VerdictCount.sum(verdicts);
        }
    }

    /** @param folder read as it says, and as the model's colours need it */
    public WatchedFolder(ModelInUse model, PlainFolder folder, WatchTimes times) {
        this.model = model;
        int bits = model.inspector().model().colorBits();
        run = new WatchRun(folder.with(folder.reading().withColorBits(bits)), times);
    }

    /** Ends the run after the part that is being inspected. Any thread may call it at any time. */
    public void stop() {
        run.stop();
    }

    /**
     * Runs until {@link #stop}; called once.
     *
     * @param known parts that are not inspected again
     * @throws IOException when a result cannot be written
     */
    public Result run(KnownParts known, Outputs outputs, Listener listener) throws IOException {
        Results results = new Results(model, known, new AuditedResults(outputs, model.inspector()), listener);
        int waiting = run.run(model.inspector(), results);
        return new Result(results.verdicts.parts(), results.knownVerdicts.parts(), results.skipped, waiting);
    }

    /** Hands what the run says to the sinks, and counts. */
    private static final class Results implements WatchRun.Listener {
        private final ModelInUse model;
        private final KnownParts known;
        private final ResultSink sink;
        private final Listener listener;
        private final VerdictCount verdicts = new VerdictCount();
        private final VerdictCount knownVerdicts = new VerdictCount();
        private int skipped;

        Results(ModelInUse model, KnownParts known, ResultSink sink, Listener listener) {
            this.model = model;
            this.known = known;
            this.sink = sink;
            this.listener = listener;
        }

        @Override
        public boolean isKnown(PartFiles files, List<String> checksums) throws IOException {
            Verdict verdict = known.remove(files.id(), model.sha256(), checksums);
            if (verdict != null) {
                knownVerdicts.add(verdict);
            }
            return verdict != null;
        }

        @Override
        public void inspected(PartFiles files, List<String> checksums, Part part, long readNanos, Inspection inspection)
                throws IOException {
            verdicts.add(inspection.verdict());
            sink.inspected(new InspectedPart(model, files, checksums, part, inspection, readNanos));
        }

        @Override
        public void refused(PartFiles files, List<String> checksums, InputException why) throws IOException {
            skipped++;
            SkippedResult part = new SkippedResult(
                    files.id(),
                    why.getMessage(),
                    Instant.now(),
                    files,
                    checksums.isEmpty() ? Map.of() : InspectionJson.sources(model, files, checksums));
            listener.skipped(part);
            sink.skipped(part);
        }

        @Override
        public void waits(Path file, Waiting why) {
            listener.waits(file, why);
        }

        @Override
        public void unreadable(String why) {
            listener.unreadable(why);
        }
    }
}
