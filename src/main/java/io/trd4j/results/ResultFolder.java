package io.trd4j.results;

import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Regions;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.FileContent;
import io.trd4j.io.FileSet;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.report.HeatMap;
import io.trd4j.report.HeatScale;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Writes a part's result into a folder: result.json, the maps, the mask and the overlay, all of them or, when one
 * cannot be written, none. Folders that are missing are made.
 */
public final class ResultFolder implements ResultSink {
    private static final String RESULT = "result.json";
    private static final String MAP = "anomaly_map.tiff";
    private static final String MAP_RGB = "anomaly_map_rgb.tiff";
    private static final String MAP_DEPTH = "anomaly_map_depth.tiff";
    private static final String OVERLAY = "overlay.png";
    private static final String MASK = "mask.png";
    /** All that is written per part. */
    public static final List<String> FILES = List.of(MAP, MAP_RGB, MAP_DEPTH, OVERLAY, MASK, RESULT);

    private final Path folder;
    private final boolean single;
    /** The part that a folder of one part has; null before it comes. */
    private String only;

    /**
     * @param folder of all parts, or of the only one
     * @param single whether there is only one; else each has a folder of its own below, under its id
     */
    public ResultFolder(Path folder, boolean single) {
        this.folder = Objects.requireNonNull(folder, "folder");
        this.single = single;
    }

    /**
     * @throws InputException when the folder is for one part and has another, or the id would lead out of the folder
     * @throws IOException when a file cannot be written
     */
    @Override
    public void inspected(InspectedPart part) throws IOException {
        Path to = folderOf(part.id());
        Inspection inspection = part.inspection();
        int size = inspection.size();
        try (FileSet results = new FileSet()) {
            results.add(to.resolve(MAP), map(size, inspection.map()));
            results.add(to.resolve(MAP_RGB), map(size, inspection.mapRgb()));
            results.add(to.resolve(MAP_DEPTH), map(size, inspection.mapDepth()));
            results.add(
                    to.resolve(OVERLAY),
                    AtomicFile.of(ImageWriter.png(HeatMap.overlay(
                            shown(part.part(), size),
                            inspection.map(),
                            size,
                            HeatScale.COMBINED.low(),
                            HeatScale.COMBINED.high()))));
            results.add(
                    to.resolve(MASK),
                    AtomicFile.of(ImageWriter.pngGrey(size, size, Regions.mask(inspection, part.regions()))));
            // Last: whoever waits for result.json finds the maps beside it.
            results.add(to.resolve(RESULT), Json.of(part.json()));
            results.commit();
        }
    }

    private Path folderOf(String id) {
        if (single) {
            if (only != null && !only.equals(id)) {
                throw new InputException(folder + " is for one part and has the results of " + only
                        + "; make a ResultFolder of several parts for " + id);
            }
            only = id;
            return folder;
        }
        Path within = folder.normalize();
        Path to = within.resolve(id).normalize();
        if (to.equals(within) || !to.startsWith(within)) {
            throw new InputException("the results of part " + id + " would not lie in a folder of their own in "
                    + folder + "; give it another id");
        }
        return to;
    }

    /** The image below the heat map; black for a part without colour image. */
    private static RgbImage shown(Part part, int size) {
        return part.rgb() != null ? part.rgb() : new RgbImage(size, size, new byte[3 * size * size]);
    }

    private static FileContent map(int size, float[] map) {
        return AtomicFile.of(ImageWriter.tiffFloat(size, size, map));
    }
}
