package io.trd4j.cli;

import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Verdict;
import io.trd4j.model.InspectionMode;
import io.trd4j.results.InspectedPart;
import io.trd4j.results.ResultSink;
import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a line for people about each part. */
record ResultText(PrintStream out) implements ResultSink {
    @Override
    public void inspected(InspectedPart part) {
        out.println(line(part.id(), part.inspection()));
    }

    private static String line(String id, Inspection inspection) {
        String scores = inspection.mode() == InspectionMode.BOTH
                ? String.format(Locale.ROOT, "(rgb %.4f, depth %.4f)", inspection.scoreRgb(), inspection.scoreDepth())
                : "(" + inspection.mode().key() + ")";
        String warnings =
                inspection.warnings().stream().map(w -> ", " + w.key()).collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "%s: score %.4f %s%s, %.1f ms%s",
                id,
                inspection.score(),
                scores,
                inspection.verdict() == Verdict.NONE ? "" : " " + inspection.verdict(),
                inspection.elapsedNanos() / 1e6,
                warnings);
    }
}
