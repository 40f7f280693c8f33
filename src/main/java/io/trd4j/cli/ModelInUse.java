package io.trd4j.cli;

import io.trd4j.inspect.Inspector;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * The model that parts are inspected with.
 *
 * @param file as it was given
 * @param inspector of that model
 * @param sha256 of the file
 */
record ModelInUse(Path file, Inspector inspector, CompletableFuture<String> sha256) {
    /**
     * Begins to compute a model's checksum: before it is opened, as the packing of the weights does not keep the cores
     * busy all the time.
     */
    static CompletableFuture<String> checksum(Path model) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Sha256.of(model);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
