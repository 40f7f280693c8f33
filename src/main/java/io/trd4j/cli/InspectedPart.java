package io.trd4j.cli;

import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Region;
import io.trd4j.inspect.Regions;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A part with its result. What several sinks want of it is computed once. */
final class InspectedPart {
    private final ModelInUse model;
    private final PartFiles files;
    private final List<String> checksums;
    private final Part part;
    private final Inspection inspection;
    private final long readNanos;
    private List<Region> regions;
    private Map<String, Object> json;

    /** @param readNanos that reading the files took */
    InspectedPart(ModelInUse model, PartFiles files, Part part, Inspection inspection, long readNanos) {
        this(model, files, null, part, inspection, readNanos);
    }

    /** @param checksums of the files; null = to be computed where they are wanted */
    InspectedPart(
            ModelInUse model,
            PartFiles files,
            List<String> checksums,
            Part part,
            Inspection inspection,
            long readNanos) {
        this.model = model;
        this.files = files;
        this.checksums = checksums;
        this.part = part;
        this.inspection = inspection;
        this.readNanos = readNanos;
    }

    String id() {
        return files.id();
    }

    Part part() {
        return part;
    }

    Inspection inspection() {
        return inspection;
    }

    /** Those that count. */
    List<Region> regions() {
        if (regions == null) {
            regions = Regions.of(inspection, part, model.inspector().options().minRegion());
        }
        return regions;
    }

    /** The content of result.json. Reads the part's files again where their checksums are not known. */
    Map<String, Object> json() throws IOException {
        if (json == null) {
            json = InspectionJson.of(
                    model,
                    files,
                    checksums != null ? checksums : files.checksums(part),
                    inspection,
                    regions(),
                    readNanos);
        }
        return json;
    }
}
