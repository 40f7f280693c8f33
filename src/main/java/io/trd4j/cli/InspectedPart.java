package io.trd4j.cli;

import io.trd4j.audit.InputHashes;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Region;
import io.trd4j.inspect.Regions;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A part with its result. What several sinks want of it is computed once. */
final class InspectedPart {
    private final ModelInUse model;
    private final PartFiles files;
    private List<String> checksums;
    private final Part part;
    private final Inspection inspection;
    private final long readNanos;
    private final Instant time;
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
        time = Instant.now().minusNanos(readNanos + inspection.elapsedNanos());
    }

    /** When its inspection began, with the reading of its files. */
    Instant time() {
        return time;
    }

    PartFiles files() {
        return files;
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

    /** Reads the part's files again where their checksums are not known. */
    InputHashes inputs() throws IOException {
        Iterator<String> next = checksums().iterator();
        String rgb = files.rgb() == null ? null : next.next();
        return new InputHashes(rgb, files.second() == null ? null : next.next());
    }

    private List<String> checksums() throws IOException {
        if (checksums == null) {
            checksums = files.checksums(part);
        }
        return checksums;
    }

    /** The content of result.json. Reads the part's files again where their checksums are not known. */
    Map<String, Object> json() throws IOException {
        if (json == null) {
            json = InspectionJson.of(model, files, checksums(), inspection, regions(), readNanos);
        }
        return json;
    }
}
