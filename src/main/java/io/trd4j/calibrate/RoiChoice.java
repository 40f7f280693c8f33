package io.trd4j.calibrate;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.RoiFile;
import io.trd4j.data.image.ImageReader;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Which pixels of a category's parts count from now on: those of a file ({@link RoiFile}), all, or as before. */
public final class RoiChoice {
    /** The region of interest that the model has, if any. */
    public static final RoiChoice KEPT = new RoiChoice(null);
    /** Every pixel. */
    public static final RoiChoice EVERYTHING = new RoiChoice(null);

    private final Path file;

    private RoiChoice(Path file) {
        this.file = file;
    }

    /** @param file an image, white where pixels count, or JSON of polygons */
    public static RoiChoice of(Path file) {
        return new RoiChoice(Objects.requireNonNull(file, "file"));
    }

    /**
     * The region that counts from now on.
     *
     * @param model the one that it is for
     * @param dataset whose parts it is for
     * @return null = everything
     * @throws InputException as {@link #read}
     */
    public RegionOfInterest resolve(ModelInfo model, Dataset dataset) throws IOException {
        return this == KEPT ? model.regionOfInterest() : file == null ? null : read(file, model.size(), dataset);
    }

    /**
     * Reads a region of interest, for calibration and inspection.
     *
     * @param file an image, white where pixels count, or JSON of polygons
     * @param size S, the model's input size, pixels
     * @param dataset whose parts it is for: polygons must have been drawn on images of their shape
     * @throws InputException when the file does not say which pixels count, or excludes all of them, or is for images
     *     of another shape
     */
    public static RegionOfInterest read(Path file, int size, Dataset dataset) throws IOException {
        Optional<PartFiles> part = Stream.of(dataset.validation(), dataset.train(), dataset.test())
                .flatMap(List::stream)
                .findFirst();
        boolean[] counts = RoiFile.read(
                file,
                size,
                part.isEmpty() ? null : ImageReader.readRgb(part.get().rgb()));
        return RegionOfInterest.of(counts, file.getFileName().toString(), Sha256.of(file));
    }
}
