package io.trd4j.results;

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
public final class InspectedPart {
    private final ModelInUse model;
    private final PartFiles files;
    private final List<String> checksums;
    private final Part part;
    private final Inspection inspection;
    private final long readNanos;
    private final Instant time;
    private List<Region> regions;
    private Map<String, Object> json;

    /**
     * @param checksums SHA-256 of the files there are, the colour image's first
     * @param time when its inspection began, with the reading of its files
     * @param readNanos that reading the files took
     */
    InspectedPart(
            ModelInUse model,
            PartFiles files,
            List<String> checksums,
            Part part,
            Inspection inspection,
            Instant time,
            long readNanos) {
        this.model = model;
        this.files = files;
        this.checksums = checksums;
        this.part = part;
        this.inspection = inspection;
        this.time = time;
        this.readNanos = readNanos;
    }

    /** The same of a part whose inspection ended just now. */
    InspectedPart(
            ModelInUse model,
            PartFiles files,
            List<String> checksums,
            Part part,
            Inspection inspection,
            long readNanos) {
        this(model, files, checksums, part, inspection, began(readNanos, inspection), readNanos);
    }

    private static Instant began(long readNanos, Inspection inspection) {
        return Instant.now().minusNanos(readNanos + inspection.elapsedNanos());
    }

    /** When its inspection began, with the reading of its files. */
    public Instant time() {
        return time;
    }

    /** Where it lies. */
    public PartFiles files() {
        return files;
    }

    /** As results call it, {@link PartFiles#id}. */
    public String id() {
        return files.id();
    }

    /** As it was read. */
    public Part part() {
        return part;
    }

    /** Its result; the next part overwrites it. */
    public Inspection inspection() {
        return inspection;
    }

    /** Those above the NG limits, as {@link Regions#of}, of the size that counts. */
    public List<Region> regions() {
        if (regions == null) {
            regions = Regions.of(inspection, part, model.inspector().options().minRegion());
        }
        return regions;
    }

    /** Checksums of its files. */
    public InputHashes inputs() {
        Iterator<String> next = checksums.iterator();
        String rgb = files.rgb() == null ? null : next.next();
        return new InputHashes(rgb, files.second() == null ? null : next.next());
    }

    /**
     * The content of result.json (src/docs/files.md), in its order.
     *
     * @throws IOException when the model's checksum cannot be computed
     */
    public Map<String, Object> json() throws IOException {
        if (json == null) {
            json = InspectionJson.of(model, files, checksums, inspection, regions(), readNanos);
        }
        return json;
    }
}
