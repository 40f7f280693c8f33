package io.trd4j.cli;

import io.trd4j.inspect.Inspector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * The model that parts are inspected with.
 *
 * @param file as it was given
 * @param inspector of that model
 * @param sha256 of the file as the inspector read it
 */
record ModelInUse(Path file, Inspector inspector, CompletableFuture<String> sha256) {
    /** Begins to compute the checksum, beside the warming up, which does not keep the cores busy all the time. */
    static ModelInUse of(Path file, Inspector inspector) {
        return new ModelInUse(file, inspector, CompletableFuture.supplyAsync(() -> {
            try {
                return inspector.modelSha256();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }
}
