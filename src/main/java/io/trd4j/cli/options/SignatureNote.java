package io.trd4j.cli.options;

import io.trd4j.io.FileState;
import io.trd4j.io.HashedFile;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.UntrustedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says in one line that a signature beside a model does not fit it any more, after a verb that writes models. */
public final class SignatureNote {
    private final Path model;
    /** Null = it was not there. */
    private final FileState before;

    private SignatureNote(Path model, FileState before) {
        this.model = model;
        this.before = before;
    }

    /** Before the verb works. */
    public static SignatureNote of(Path model) {
        return new SignatureNote(model, state(model));
    }

    private static FileState state(Path model) {
        try {
            return FileState.of(model);
        } catch (IOException e) {
            // Whoever reads the file says why.
            return null;
        }
    }

    /** When the verb has ended, or failed: it may have written the model before. */
    public void print() throws IOException {
        Path file = ModelSignature.file(model);
        if (Files.exists(file) && isOther(state(model)) && !fits(file)) {
            System.err.println("trd: " + file + " no longer fits the model, which was changed; sign it anew: trd sign "
                    + "--model " + model + " --key PRIVATE.pem");
        }
    }

    private boolean isOther(FileState now) {
        return now == null ? before != null : !now.sameContent(before);
    }

    private boolean fits(Path file) throws IOException {
        try (HashedFile now = HashedFile.open(model)) {
            return ModelSignature.read(file).fits(now);
        } catch (UntrustedModelException e) {
            return false;
        }
    }
}
