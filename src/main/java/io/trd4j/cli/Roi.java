package io.trd4j.cli;

import io.trd4j.data.RegionFile;
import io.trd4j.io.InputException;
import io.trd4j.model.ModelFile;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Regions of interest between files and people. */
final class Roi {
    private Roi() {}

    /** @throws InputException when the file does not say which pixels count, or excludes all of them */
    static RegionOfInterest read(Path file, int size) throws IOException {
        boolean[] counts = RegionFile.read(file, size);
        return RegionOfInterest.of(counts, file.getFileName().toString(), ModelFile.sha256(file));
    }

    /** @param roi null = none */
    static String text(RegionOfInterest roi) {
        return roi == null ? "no region of interest: all pixels count" : String.format(Locale.ROOT,
                "region of interest: %.1f %% of the pixels count (%d of %dx%d), from %s", 100 * roi.share(), roi.pixels(), roi.size(),
                roi.size(), roi.source());
    }
}
