package io.trd4j.benchmarks.detection;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Region;
import io.trd4j.inspect.Regions;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.Csv;
import io.trd4j.io.Keyed;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How well regions measure defects: outlines against the masks, areas, heights, and the time that a part's regions
 * take. Of the test parts with a defect; those that are not NG have no regions and are listed all the same. Grades and
 * heights are those of the category's {@value SyntheticParts#DEFECTS} ({@code id,grade,height_mm}), where it has one.
 */
@Command(
        name = "regions",
        mixinStandardHelpOptions = true,
        description = "Compare the regions of a category's defective test parts with their masks.")
final class RegionMeasurement implements Callable<Integer> {
    private static final int TIMED = 5;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "A model with an NG threshold.")
    private Path model;

    @Option(names = "--data", required = true, paramLabel = "CATEGORY", description = "Folder of the category.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "CSV to write.")
    private Path out;

    @Option(
            names = "--precision",
            defaultValue = "auto",
            paramLabel = "PRECISION",
            description = "As of trd inspect (default: ${DEFAULT-VALUE}).")
    private String precision;

    @Option(
            names = "--device",
            defaultValue = "auto",
            paramLabel = "DEVICE",
            description = "As of trd inspect (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "CPU threads; 0 = one per core (default: ${DEFAULT-VALUE}).")
    private int threads;

    /** One part. Areas in pixels of the map; the outline is the union of the part's regions. */
    @JsonPropertyOrder({
        "id",
        "grade",
        "verdict",
        "regions",
        "mask_px",
        "outline_px",
        "iou",
        "mask_mm2",
        "outline_mm2",
        "height_mm",
        "raised_mm",
        "raised_unknown",
        "micros"
    })
    private record Row(
            String id,
            String grade,
            String verdict,
            int regions,
            int mask_px,
            int outline_px,
            double iou,
            Double mask_mm2,
            Double outline_mm2,
            Double height_mm,
            Double raised_mm,
            String raised_unknown,
            double micros) {}

    public static void main(String... args) {
        System.exit(new CommandLine(new RegionMeasurement()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Map<String, Map<String, String>> known = read(data.resolve(SyntheticParts.DEFECTS));
        List<Row> rows = new ArrayList<>();
        InspectorOptions options = new InspectorOptions(threads, Keyed.of(Precision.class, precision, "precision"))
                .withDevice(DeviceChoice.of(device));
        try (Inspector inspector = Inspector.open(model, options)) {
            Inspection inspection = inspector.newInspection();
            for (PartFiles files : Dataset.open(data).test()) {
                if (files.anomalous()) {
                    Part part = files.load();
                    inspector.inspect(part, inspection);
                    rows.add(row(files, part, inspection, known.getOrDefault(files.id(), Map.of())));
                }
            }
        }
        AtomicFile.write(out, Csv.of(Row.class, rows));
        return 0;
    }

    private static Map<String, Map<String, String>> read(Path file) throws IOException {
        Map<String, Map<String, String>> rows = new HashMap<>();
        if (Files.exists(file)) {
            try (MappingIterator<Map<String, String>> lines = new CsvMapper()
                    .readerForMapOf(String.class)
                    .with(CsvSchema.emptySchema().withHeader())
                    .readValues(file.toFile())) {
                lines.forEachRemaining(row -> rows.put(row.get("id"), row));
            }
        }
        return rows;
    }

    private static Row row(PartFiles files, Part part, Inspection inspection, Map<String, String> truth)
            throws IOException {
        int size = inspection.size();
        List<Region> regions = Regions.of(inspection, part);
        double micros = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TIMED; i++) {
            long start = System.nanoTime();
            Regions.of(inspection, part);
            micros = Math.min(micros, (System.nanoTime() - start) / 1e3);
        }
        byte[] outline = Regions.mask(inspection, regions);
        boolean[] mask = files.mask(size);
        int both = 0;
        int masked = 0;
        int outlined = 0;
        for (int i = 0; i < mask.length; i++) {
            masked += mask[i] ? 1 : 0;
            outlined += outline[i] != 0 ? 1 : 0;
            both += mask[i] && outline[i] != 0 ? 1 : 0;
        }
        // The region that covers most of the mask says how high the defect is.
        Region main = regions.stream()
                .max(Comparator.comparingInt(region -> common(mask, inspection, region)))
                .orElse(null);
        Double area = regions.stream().anyMatch(r -> r.areaSquareMillimetres() == null)
                ? null
                : Double.valueOf(regions.stream()
                        .mapToDouble(Region::areaSquareMillimetres)
                        .sum());
        String height = truth.getOrDefault("height_mm", "");
        return new Row(
                files.id(),
                truth.getOrDefault("grade", ""),
                inspection.verdict().toString(),
                regions.size(),
                masked,
                outlined,
                both / (double) Math.max(1, masked + outlined - both),
                area == null || outlined == 0 ? null : Double.valueOf(area * masked / outlined),
                area,
                height.isEmpty() ? null : Double.valueOf(height),
                main == null ? null : main.raisedMillimetres(),
                main == null || main.unknownHeight() == null
                        ? ""
                        : main.unknownHeight().name().toLowerCase(Locale.ROOT),
                micros);
    }

    private static int common(boolean[] mask, Inspection inspection, Region region) {
        byte[] outline = Regions.mask(inspection, List.of(region));
        int both = 0;
        for (int i = 0; i < mask.length; i++) {
            both += mask[i] && outline[i] != 0 ? 1 : 0;
        }
        return both;
    }
}
