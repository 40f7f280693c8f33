package io.trd4j.results;

import io.trd4j.audit.AuditLog;
import io.trd4j.audit.InputHashes;
import io.trd4j.inspect.Inspector;
import java.io.IOException;
import java.util.List;

/**
 * Hands results to sinks, and records them where an audit record is kept: behind the verdict, which holds whether it
 * can be recorded or not. A part whose result cannot be written is recorded as refused.
 */
final class AuditedResults implements ResultSink {
    private final List<ResultSink> sinks;
    /** Null = none is kept. */
    private final AuditLog audit;

    private final Inspector inspector;

    AuditedResults(Outputs outputs, Inspector inspector) {
        this.sinks = outputs.sinks();
        this.audit = outputs.audit();
        this.inspector = inspector;
    }

    @Override
    public void inspected(InspectedPart part) throws IOException {
        try {
            for (ResultSink sink : sinks) {
                sink.inspected(part);
            }
        } catch (IOException | RuntimeException e) {
            failed(SkippedResult.of(part.files(), part.time(), e), e);
            throw e;
        }
        if (audit != null) {
            audit.inspected(part.time(), part.id(), part.inputs(), inspector, part.inspection());
        }
    }

    @Override
    public void skipped(SkippedResult part) throws IOException {
        record(part);
        for (ResultSink sink : sinks) {
            sink.skipped(part);
        }
    }

    /** Records a failure; one of the record itself does not hide it. */
    private void failed(SkippedResult part, Exception first) {
        try {
            record(part);
        } catch (IOException | RuntimeException e) {
            first.addSuppressed(e);
        }
    }

    private void record(SkippedResult part) throws IOException {
        if (audit != null) {
            InputHashes inputs = part.files() == null ? InputHashes.UNKNOWN : InputHashes.ofReadable(part.files());
            audit.refused(part.time(), part.id(), inputs, inspector, part.reason());
        }
    }
}
