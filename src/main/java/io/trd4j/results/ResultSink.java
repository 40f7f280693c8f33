package io.trd4j.results;

import java.io.IOException;

/** Takes the results of parts, one after the other: as files, as lines, or as an application wants them. */
@FunctionalInterface
public interface ResultSink {
    /**
     * Takes one part's result.
     *
     * @param part valid during the call: the next part overwrites its inspection
     * @throws IOException when it cannot be written, which ends the run
     */
    void inspected(InspectedPart part) throws IOException;

    /**
     * Takes that a part was left out.
     *
     * @throws IOException when it cannot be written, which ends the run
     */
    default void skipped(SkippedResult part) throws IOException {}
}
