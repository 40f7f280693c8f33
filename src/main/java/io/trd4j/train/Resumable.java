package io.trd4j.train;

import java.io.IOException;
import java.nio.file.Path;

/** A run whose state can be written to a file, from which another run of the same options continues bit for bit. */
public interface Resumable {
    /** Writes everything from which the run continues, replacing the file in one move. */
    void save(Path file) throws IOException;

    /**
     * Continues from a state file.
     *
     * @throws io.trd4j.io.InputException when it is damaged or of another run
     */
    void resume(Path file) throws IOException;
}
