package io.trd4j.cli.options;

import io.trd4j.audit.AuditLog;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whether a verb that inspects parts keeps an audit record. */
public final class AuditOptions {
    @Option(
            names = "--audit",
            paramLabel = "FILE",
            description = "Append one line of JSON per part to this file: verdict, scores, thresholds, checksums of "
                    + "images and model, versions, times. trd verify --audit checks it.")
    private Path file;

    @Option(
            names = "--no-audit-sync",
            description = "With --audit: leave it to the system when lines reach the disk, seconds later; otherwise "
                    + "each is there before the next part.")
    private boolean unforced;

    /** The record; null = none is kept. */
    public Path file() {
        return file;
    }

    /**
     * Checks the options, and opens the record.
     *
     * @param out folder of results, none of which may be the record; null = there is none
     * @param results names of files that are replaced there
     * @return null = none is kept
     */
    public AuditLog open(Path out, Iterable<String> results) throws IOException {
        if (file == null) {
            if (unforced) {
                throw new InputException("--no-audit-sync belongs to --audit; give --audit FILE too");
            }
            return null;
        }
        Path record = file.toAbsolutePath().normalize();
        for (String name : results) {
            if (out != null && record.startsWith(out.toAbsolutePath().normalize()) && record.endsWith(name)) {
                throw new InputException("--audit " + file + " is the name of a result in " + out
                        + ", which would replace it; choose another name");
            }
        }
        return AuditLog.open(file, !unforced);
    }
}
