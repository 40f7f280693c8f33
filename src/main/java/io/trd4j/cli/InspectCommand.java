package io.trd4j.cli;

import io.trd4j.cli.options.InspectOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.data.image.CameraFile;
import io.trd4j.data.image.DepthCamera;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.image.Reading;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Region;
import io.trd4j.inspect.Regions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.FileContent;
import io.trd4j.io.FileSet;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.Sha256;
import io.trd4j.io.Writable;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.report.HeatMap;
import io.trd4j.report.HeatScale;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd inspect}: score, maps and overlay of single parts. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Inspect one part (--rgb and --xyz, or one of them where --on-bad-depth or --on-bad-rgb allow), or "
                    + "every test part of a folder (--data).",
            "Writes result.json, anomaly_map.tiff, anomaly_map_rgb.tiff, anomaly_map_depth.tiff, mask.png and "
                    + "overlay.png; with --data into one subfolder per part.",
            "Exit code 0: all parts were inspected; with --fail-on also 3: a part is NG, 4: none is NG, but one is "
                    + "REVIEW."
        })
final class InspectCommand implements Callable<Integer> {
    /** Exit code when --fail-on is given and a part is NG: neither success nor failure, as of trd monitor. */
    static final int PART_NG = 3;

    /** Exit code with --fail-on review when no part is NG, but one is to be looked at. */
    static final int PART_REVIEW = 4;

    private static final int PART_SKIPPED = 2;

    /** The best verdict that the exit code tells of. */
    enum FailOn {
        NG,
        REVIEW
    }

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(names = "--rgb", paramLabel = "FILE", description = "The part's colour image (PNG, JPEG, TIFF, BMP).")
    private Path rgb;

    @Option(
            names = "--xyz",
            paramLabel = "FILE",
            description = "Its organised point cloud in metres (TIFF or .npy of 3 floats, PLY, PCD), a depth image of "
                    + "16 bits or floats (--camera), or a normals image as in Eyecandies.")
    private Path xyz;

    @Option(
            names = "--camera",
            paramLabel = "FILE",
            description = "JSON of the depth images' camera: intrinsics, size and depth unit, ours or as RealSense, "
                    + "Azure Kinect, Zivid, ROS or Open3D write it; with --data in place of the folder's camera.json.")
    private Path camera;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "A folder of parts instead: rgb/ and xyz/, or a category in the MVTec 3D-AD or Eyecandies layout.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path out;

    @Option(
            names = "--fail-on",
            paramLabel = "ng|review",
            description = "Tell the worst verdict of all parts by the exit code: ng = 3 when a part is NG; review = "
                    + "also 4 when none is, but one is REVIEW; 2 when neither is, but parts were skipped. All parts are "
                    + "inspected first.")
    private FailOn failOn;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private InspectOptions inspecting;

    @Override
    public Integer call() throws IOException {
        boolean single = rgb != null || xyz != null;
        if (single == (data != null)) {
            throw new InputException("give either --rgb and --xyz for one part, or --data for a folder of parts");
        }
        InspectorOptions options = inspecting.options();
        SkippedParts skipped = new SkippedParts(broken);
        requireBoth(single, options.inputs());
        List<PartFiles> parts = single
                ? List.of(PartFiles.of(rgb, xyz).withPoints(points.convention()))
                : broken.open(points.convention(), data, skipped).test();
        DepthCamera given = camera == null ? null : CameraFile.read(camera);
        skipped.requireUsable(data, SkippedParts.TEST, parts);
        if (parts.isEmpty()) {
            throw new InputException(data + " holds no test parts; put some under test/, or give --rgb and --xyz");
        }
        Writable.requireFolder(out);
        requireVerdicts();
        Verdict worst = Verdict.OK;
        int inspected = 0;
        // Beside the packing of the weights, which does not keep the cores busy all the time.
        CompletableFuture<String> modelHash = CompletableFuture.supplyAsync(this::modelHash);
        try (Inspector inspector = Inspector.open(model, options)) {
            inspector.warmUp();
            Inspection inspection = inspector.newInspection();
            for (PartFiles stored : parts) {
                Reading reading =
                        stored.reading().withColorBits(inspector.model().colorBits());
                PartFiles files = stored.with(given == null ? reading : reading.withCamera(given));
                try {
                    long start = System.nanoTime();
                    Part part = files.load();
                    long readNanos = System.nanoTime() - start;
                    inspector.inspect(part, inspection);
                    write(
                            single ? out : out.resolve(files.id()),
                            inspector,
                            modelHash.join(),
                            files,
                            part,
                            readNanos,
                            inspection);
                    System.out.println(line(files, inspection));
                    inspected++;
                    // With --fail-on there are thresholds, and so a verdict of every part.
                    if (failOn != null && inspection.verdict().compareTo(worst) > 0) {
                        worst = inspection.verdict();
                    }
                } catch (InputException e) {
                    if (single) {
                        throw e;
                    }
                    skipped.found(files.id(), e);
                }
            }
        }
        broken.summarise();
        if (inspected == 0) {
            skipped.requireUsable(data, SkippedParts.TEST, List.of());
        }
        int code = exitCode(worst);
        // Nobody knows what a part is that was skipped: whoever asks for verdicts must not take it for good.
        return code == 0 && failOn != null && broken.skipped() > 0 ? PART_SKIPPED : code;
    }

    /** Without the thresholds that make it, a verdict that is waited for never comes: not a word would say so. */
    private void requireVerdicts() throws IOException {
        if (failOn == null) {
            return;
        }
        Thresholds thresholds = Inspector.describe(model).thresholds();
        if (Stream.of(ScoreBranch.values()).map(thresholds::of).noneMatch(this::tells)) {
            throw new InputException("--fail-on " + failOn.name().toLowerCase(Locale.ROOT) + " can never fail: " + model
                    + " has no " + (failOn == FailOn.NG ? "NG threshold" : "thresholds")
                    + "; set them with trd calibrate --false-reject-rate RATE, or trd threshold --ng SCORE");
        }
    }

    private boolean tells(Limits limits) {
        return limits.ng() != null || failOn == FailOn.REVIEW && limits.review() != null;
    }

    private int exitCode(Verdict worst) {
        if (worst == Verdict.NG) {
            return PART_NG;
        }
        return worst == Verdict.REVIEW && failOn == FailOn.REVIEW ? PART_REVIEW : 0;
    }

    private String modelHash() {
        try {
            return Sha256.of(model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That the other file was forgotten is said before a model is opened. */
    private void requireBoth(boolean single, InputPolicy policy) {
        if (single && xyz == null && policy.depth() == OnUnusable.REFUSE) {
            throw new InputException(
                    "--xyz is missing; give it, or --on-bad-depth rgb-only to inspect by colour alone");
        }
        if (single && rgb == null && policy.rgb() == OnUnusable.REFUSE) {
            throw new InputException(
                    "--rgb is missing; give it, or --on-bad-rgb depth-only to inspect by the second modality alone");
        }
    }

    private static String line(PartFiles files, Inspection inspection) {
        String scores = inspection.mode() == InspectionMode.BOTH
                ? String.format(Locale.ROOT, "(rgb %.4f, depth %.4f)", inspection.scoreRgb(), inspection.scoreDepth())
                : "(" + inspection.mode().key() + ")";
        String warnings =
                inspection.warnings().stream().map(w -> ", " + w.key()).collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "%s: score %.4f %s%s, %.1f ms%s",
                files.id(),
                inspection.score(),
                scores,
                inspection.verdict() == Verdict.NONE ? "" : " " + inspection.verdict(),
                inspection.elapsedNanos() / 1e6,
                warnings);
    }

    private void write(
            Path folder,
            Inspector inspector,
            String modelHash,
            PartFiles files,
            Part part,
            long readNanos,
            Inspection inspection)
            throws IOException {
        List<Region> regions = Regions.of(inspection, part, inspector.options().minRegion());
        Map<String, Object> json = InspectionJson.of(files.id(), inspector, inspection, regions, readNanos);
        json.put("model", file(model, modelHash));
        Map<String, Object> sources = new LinkedHashMap<>();
        sources.put("rgb", files.rgb() == null ? null : file(files.rgb(), Sha256.of(files.rgb())));
        sources.put("xyz", files.second() == null ? null : file(files.second(), Sha256.of(files.second())));
        json.put("inputs", sources);
        int size = inspection.size();
        try (FileSet results = new FileSet()) {
            results.add(folder.resolve("anomaly_map.tiff"), map(size, inspection.map()));
            results.add(folder.resolve("anomaly_map_rgb.tiff"), map(size, inspection.mapRgb()));
            results.add(folder.resolve("anomaly_map_depth.tiff"), map(size, inspection.mapDepth()));
            results.add(
                    folder.resolve("overlay.png"),
                    AtomicFile.of(ImageWriter.png(HeatMap.overlay(
                            shown(part, size),
                            inspection.map(),
                            size,
                            HeatScale.COMBINED.low(),
                            HeatScale.COMBINED.high()))));
            results.add(
                    folder.resolve("mask.png"),
                    AtomicFile.of(ImageWriter.pngGrey(size, size, Regions.mask(inspection, regions))));
            // Last: whoever waits for result.json finds the maps beside it.
            results.add(folder.resolve("result.json"), Json.of(json));
            results.commit();
        }
    }

    /** The image below the heat map; black for a part without colour image. */
    private static RgbImage shown(Part part, int size) {
        return part.rgb() != null ? part.rgb() : new RgbImage(size, size, new byte[3 * size * size]);
    }

    private static FileContent map(int size, float[] map) {
        return AtomicFile.of(ImageWriter.tiffFloat(size, size, map));
    }

    private static Map<String, String> file(Path path, String sha256) {
        Map<String, String> json = new LinkedHashMap<>();
        json.put("file", path.toString());
        json.put("sha256", sha256);
        return json;
    }
}
