package io.trd4j.cli;

import java.io.IOException;

/** Takes the results of parts, one after the other: as files, as lines, for the exit code. */
@FunctionalInterface
interface ResultSink {
    /**
     * Takes one part's result.
     *
     * @param part valid during the call: the next part overwrites its inspection
     * @throws IOException when it cannot be written
     */
    void inspected(InspectedPart part) throws IOException;

    /**
     * Takes that a part was left out.
     *
     * @throws IOException when it cannot be written
     */
    default void skipped(SkippedResult part) throws IOException {}
}
