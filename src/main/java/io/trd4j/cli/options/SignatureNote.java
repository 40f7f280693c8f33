package io.trd4j.cli.options;

import io.trd4j.io.HashedFile;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.UntrustedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Says in one line that a signature beside a model does not fit it any more, after a verb that writes models. */
public final class SignatureNote {
    private final Path model;
    private final List<Object> before;

    private SignatureNote(Path model, List<Object> before) {
        this.model = model;
        this.before = before;
    }

    /** Before the verb works. */
    public static SignatureNote of(Path model) {
        return new SignatureNote(model, state(model));
    }

    /** Of a file that was written since, something is another; empty where there is none. */
    private static List<Object> state(Path model) {
        try {
            BasicFileAttributes now = Files.readAttributes(model, BasicFileAttributes.class);
            return List.of(now.size(), now.lastModifiedTime(), String.valueOf(now.fileKey()));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** When the verb has ended, or failed: it may have written the model before. */
    public void print() throws IOException {
        Path file = ModelSignature.file(model);
        if (Files.exists(file) && !state(model).equals(before) && !fits(file)) {
            System.err.println("trd: " + file + " no longer fits the model, which was changed; sign it anew: trd sign "
                    + "--model " + model + " --key PRIVATE.pem");
        }
    }

    private boolean fits(Path file) throws IOException {
        try (HashedFile now = HashedFile.open(model)) {
            return ModelSignature.read(file).fits(now);
        } catch (UntrustedModelException e) {
            return false;
        }
    }
}
