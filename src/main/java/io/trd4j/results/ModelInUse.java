package io.trd4j.results;

import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The model that parts are inspected with: its file, its inspector, and the checksum that results name it by. */
public final class ModelInUse implements AutoCloseable {
    private final Path file;
    private final Inspector inspector;
    private final CompletableFuture<String> sha256;

    private ModelInUse(Path file, Inspector inspector) {
        this.file = file;
        this.inspector = inspector;
        sha256 = CompletableFuture.supplyAsync(() -> {
            try {
                return inspector.modelSha256();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * Opens a model and warms it up. The checksum is computed meanwhile: warming up does not keep the cores busy all
     * the time.
     *
     * @throws io.trd4j.io.InputException as {@link Inspector#open(Path, InspectorOptions)}
     */
    public static ModelInUse open(Path file, InspectorOptions options) throws IOException {
        ModelInUse model = of(file, Inspector.open(file, options));
        try {
            model.inspector.warmUp();
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Of an inspector that is open. Begins to compute the checksum.
     *
     * @param file as it was given
     */
    public static ModelInUse of(Path file, Inspector inspector) {
        return new ModelInUse(file, inspector);
    }

    /** As it was given. */
    public Path file() {
        return file;
    }

    /** Of this model; one thread at a time uses it. */
    public Inspector inspector() {
        return inspector;
    }

    /**
     * SHA-256 of the file as the inspector read it, 64 hexadecimal digits. Waits until it is known.
     *
     * @throws io.trd4j.io.InputException when the file was changed since
     * @throws IOException when it cannot be read any more
     */
    public String sha256() throws IOException {
        try {
            return sha256.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException unreadable) {
                throw unreadable.getCause();
            }
            throw e.getCause() instanceof RuntimeException fault ? fault : e;
        }
    }

    /** Closes the inspector. */
    @Override
    public void close() {
        inspector.close();
    }
}
