package io.trd4j.cli;

import io.trd4j.audit.AuditLog;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.watch.WatchRun;
import io.trd4j.watch.WatchTimes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Hands the parts of a watched folder to sinks, and says on standard error what is no result. */
final class WatchedFolder implements WatchRun.Listener {
    private final ModelInUse model;
    private final KnownParts known;
    private final ResultSink results;
    private int inspected;
    private int ng;
    private int refused;
    private int knownParts;

    private WatchedFolder(ModelInUse model, KnownParts known, ResultSink results) {
        this.model = model;
        this.known = known;
        this.results = results;
    }

    /**
     * Inspects what comes into a folder, until Ctrl-C or SIGTERM.
     *
     * @param known parts of earlier runs
     * @param audit null = no audit record is kept
     * @return how many parts could not be inspected
     */
    static int inspect(
            Path model,
            InspectorOptions options,
            PlainFolder folder,
            KnownParts known,
            List<ResultSink> sinks,
            AuditLog audit)
            throws IOException {
        try (Inspector inspector = Inspector.open(model, options)) {
            ModelInUse used = ModelInUse.of(model, inspector);
            inspector.warmUp();
            int bits = inspector.model().colorBits();
            WatchRun run = new WatchRun(folder.with(folder.reading().withColorBits(bits)), WatchTimes.USUAL);
            WatchedFolder watched = new WatchedFolder(used, known, AuditedResults.of(sinks, audit, inspector));
            System.err.println("trd: watching " + folder.folder() + "; Ctrl-C ends it");
            try (StopSignals signals = new StopSignals(run::stop)) {
                run.run(inspector, watched);
            }
            System.err.println(watched.summary());
            return watched.refused;
        }
    }

    @Override
    public boolean isKnown(PartFiles files, List<String> checksums) {
        boolean is = known.remove(files.id(), model.sha256().join(), checksums);
        knownParts += is ? 1 : 0;
        return is;
    }

    @Override
    public void inspected(PartFiles files, List<String> checksums, Part part, long readNanos, Inspection inspection)
            throws IOException {
        inspected++;
        ng += inspection.verdict() == Verdict.NG ? 1 : 0;
        results.inspected(new InspectedPart(model, files, checksums, part, inspection, readNanos));
    }

    @Override
    public void refused(PartFiles files, List<String> checksums, InputException why) throws IOException {
        refused++;
        System.err.println("trd: skipped: " + why.getMessage());
        SkippedResult result = new SkippedResult(
                files.id(),
                why.getMessage(),
                Instant.now(),
                files,
                checksums.isEmpty() ? Map.of() : InspectionJson.sources(model, files, checksums));
        results.skipped(result);
    }

    @Override
    public void alone(Path file) {
        System.err.println("trd: " + file + " waits for its partner; it is inspected when both are there");
    }

    private String summary() {
        return "trd: " + count(inspected) + " inspected, " + ng + " NG"
                + (refused == 0 ? "" : "; " + count(refused) + " skipped")
                + (knownParts == 0 ? "" : "; " + count(knownParts) + " known from an earlier run");
    }

    private static String count(int parts) {
        return parts + (parts == 1 ? " part was" : " parts were");
    }

    @Override
    public void unreadable(String why) {
        System.err.println("trd: " + why);
    }
}
