package io.trd4j.results;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.FileState;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A part's files before they were read. Checksums come from reading them once more, and are those of what was inspected
 * when nobody wrote to the files since.
 *
 * @param rgb null where there is none, or nothing is known of it
 * @param second the same
 */
record PartState(PartFiles files, FileState rgb, FileState second) {
    static PartState of(PartFiles files) {
        return new PartState(files, state(files.rgb()), state(files.second()));
    }

    private static FileState state(Path file) {
        try {
            return file == null ? null : FileState.of(file);
        } catch (IOException e) {
            // Whoever reads the file says why.
            return null;
        }
    }

    /**
     * SHA-256 of the files there are, the colour image's first.
     *
     * @throws InputException when one was changed since this state, in one line
     * @throws IOException when one cannot be read
     */
    List<String> checksums() throws IOException {
        List<String> checksums = files.checksums(null);
        requireUnchanged(files.rgb(), rgb);
        requireUnchanged(files.second(), second);
        return checksums;
    }

    private void requireUnchanged(Path file, FileState before) {
        FileState now = state(file);
        if (file != null && (now == null || !now.sameContent(before))) {
            throw new InputException(file + " was changed while part " + files.id()
                    + " was inspected; wait until nobody writes it, then inspect it again");
        }
    }
}
