package io.trd4j.cli.options;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.RoiFile;
import io.trd4j.data.image.ImageReader;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Regions of interest between files and people. */
public final class RoiOptions {
    private RoiOptions() {}

    /**
     * @param dataset whose parts it is for
     * @throws InputException when the file does not say which pixels count, or excludes all of them, or is for images of another shape
     */
    public static RegionOfInterest read(Path file, int size, Dataset dataset) throws IOException {
        Optional<PartFiles> part = Stream.of(dataset.validation(), dataset.train(), dataset.test()).flatMap(List::stream).findFirst();
        boolean[] counts = RoiFile.read(file, size, part.isEmpty() ? null : ImageReader.readRgb(part.get().rgb()));
        return RegionOfInterest.of(counts, file.getFileName().toString(), Sha256.of(file));
    }

    /** @param roi null = none */
    public static String text(RegionOfInterest roi) {
        return roi == null ? "no region of interest: all pixels count" : String.format(Locale.ROOT,
                "region of interest: %.1f %% of the pixels count (%d of %dx%d), from %s", 100 * roi.share(), roi.pixels(), roi.size(),
                roi.size(), roi.source());
    }
}
