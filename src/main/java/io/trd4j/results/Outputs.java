package io.trd4j.results;

import io.trd4j.audit.AuditLog;
import java.util.List;

/**
 * Where results go. A run closes none of them.
 *
 * @param sinks each part goes to them in this order
 * @param audit the record of all parts, behind the sinks: a verdict holds whether it can be recorded or not; null =
 *     none is kept
 */
public record Outputs(List<ResultSink> sinks, AuditLog audit) {
    public Outputs {
        sinks = List.copyOf(sinks);
    }

    /** Without an audit record. */
    public static Outputs of(ResultSink... sinks) {
        return new Outputs(List.of(sinks), null);
    }

    /** The same, with an audit record. */
    public Outputs withAudit(AuditLog log) {
        return new Outputs(sinks, log);
    }
}
