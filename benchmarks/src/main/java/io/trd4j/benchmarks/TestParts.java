package io.trd4j.benchmarks;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A few synthetic normal parts on disk, the same in every run; removes them when closed. */
final class TestParts implements AutoCloseable {
    private static final long SEED = 1;

    private final Path folder;
    private final List<PartFiles> parts;

    /** @param pixels width and height of the colour image and the point cloud */
    TestParts(int count, int pixels) throws IOException {
        folder = Files.createTempDirectory("trd4j-benchmarks");
        Path category = folder.resolve("cookie");
        SyntheticParts.write(category, SyntheticProduct.COOKIE, count, 0, 0, pixels, SEED, done -> {});
        parts = Dataset.open(category).train();
    }

    List<PartFiles> all() {
        return parts;
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
