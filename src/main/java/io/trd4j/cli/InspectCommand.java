package io.trd4j.cli;

import io.trd4j.audit.AuditLog;
import io.trd4j.cli.options.AuditOptions;
import io.trd4j.cli.options.InspectOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.data.image.CameraFile;
import io.trd4j.data.image.DepthCamera;
import io.trd4j.data.image.Reading;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Writable;
import io.trd4j.results.InspectionRun;
import io.trd4j.results.JsonLines;
import io.trd4j.results.KnownParts;
import io.trd4j.results.ModelInUse;
import io.trd4j.results.Outputs;
import io.trd4j.results.ResultFolder;
import io.trd4j.results.ResultSink;
import io.trd4j.results.WatchedFolder;
import io.trd4j.watch.WatchTimes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd inspect}: score, maps and overlay of single parts. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Inspect one part (--rgb and --xyz, or one of them where --on-bad-depth or --on-bad-rgb allow), every test "
                    + "part of a folder (--data), or the parts that appear in a folder (--watch).",
            "Writes with --out result.json, anomaly_map.tiff, anomaly_map_rgb.tiff, anomaly_map_depth.tiff, mask.png and "
                    + "overlay.png, with --data into one subfolder per part; with --json what result.json has as one "
                    + "line per part.",
            "Exit code 0: all parts were inspected; with --fail-on also 3: a part is NG, 4: none is NG, but one is "
                    + "REVIEW."
        })
final class InspectCommand implements Callable<Integer> {
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

    @Option(
            names = "--watch",
            paramLabel = "DIR",
            description = "Inspect the parts of a folder with rgb/ and xyz/ as their files appear, until Ctrl-C or "
                    + "SIGTERM; nothing in it is changed. Without --out and --json, as --json -. With --json FILE, "
                    + "lines are appended, and parts that have one by this model are not inspected again.")
    private Path watch;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for the results; not needed with --json.")
    private Path out;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description =
                    "Write the content of result.json of every part as one line; - writes to standard output, and "
                            + "all other text to standard error.")
    private String json;

    @Option(
            names = "--fail-on",
            paramLabel = "ng|review",
            description = "Tell the worst verdict of all parts by the exit code: ng = 3 when a part is NG; review = "
                    + "also 4 when none is, but one is REVIEW; 2 when neither is, but parts were skipped. All parts are "
                    + "inspected first.")
    private WorstVerdict.FailOn failOn;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private InspectOptions inspecting;

    @Mixin
    private AuditOptions auditing;

    @Override
    public Integer call() throws IOException {
        boolean single = rgb != null || xyz != null;
        if ((single ? 1 : 0) + (data != null ? 1 : 0) + (watch != null ? 1 : 0) != 1) {
            throw new InputException(
                    "give one of --rgb and --xyz for one part, --data for a folder of parts, or --watch "
                            + "for a folder that parts come into");
        }
        InspectorOptions options = inspecting.options();
        if (watch != null) {
            return watch(options);
        }
        SkippedParts skipped = new SkippedParts(single ? BrokenParts.REFUSE : broken);
        requireBoth(single, options.inputs());
        List<PartFiles> parts = single
                ? List.of(PartFiles.of(rgb, xyz).withPoints(points.convention()))
                : broken.open(points.convention(), data, skipped).test();
        DepthCamera given = camera == null ? null : CameraFile.read(camera);
        skipped.requireUsable(data, SkippedParts.TEST, parts);
        if (parts.isEmpty()) {
            throw new InputException(data + " holds no test parts; put some under test/, or give --rgb and --xyz");
        }
        requireOutput();
        WorstVerdict worst = new WorstVerdict(failOn);
        worst.requireThresholds(model, options.trustedKeys());
        InspectionRun.Result result;
        try (AuditLog audit = auditing.open(out, ResultFolder.FILES);
                ModelInUse used = ModelInUse.open(model, options);
                JsonLines lines = JsonOption.open(json)) {
            result = InspectionRun.run(
                    used,
                    given == null ? parts : withCamera(parts, given),
                    skipped,
                    outputs(single, lines, audit),
                    Progress.NONE);
            if (lines != null) {
                lines.commit();
            }
        }
        broken.summarise();
        if (result.inspected() == 0) {
            skipped.requireUsable(data, SkippedParts.TEST, List.of());
        }
        return worst.exitCode(result.verdicts().keySet(), broken.skipped());
    }

    private static List<PartFiles> withCamera(List<PartFiles> parts, DepthCamera camera) {
        return parts.stream()
                .map(part -> part.with(part.reading().withCamera(camera)))
                .toList();
    }

    private int watch(InspectorOptions options) throws IOException {
        if (out == null && json == null) {
            json = JsonOption.STANDARD_OUTPUT;
        }
        PlainFolder folder = PlainFolder.open(watch);
        DepthCamera given = camera == null ? null : CameraFile.read(camera);
        Reading reading = folder.reading().withPoints(points.convention());
        requireOutput();
        WorstVerdict worst = new WorstVerdict(failOn);
        worst.requireThresholds(model, options.trustedKeys());
        PlainFolder read = folder.with(given == null ? reading : reading.withCamera(given));
        WatchedFolder.Result result;
        try (AuditLog audit = auditing.open(out, ResultFolder.FILES);
                ModelInUse used = ModelInUse.open(model, options);
                JsonLines lines = JsonOption.appending(json)) {
            WatchedFolder watched = new WatchedFolder(used, read, WatchTimes.USUAL);
            System.err.println("trd: watching " + folder.folder() + "; Ctrl-C ends it");
            try (StopSignals.Ending signals = new StopSignals.Ending(watched::stop)) {
                KnownParts known = lines == null ? KnownParts.none() : lines.known();
                result = watched.run(known, outputs(false, lines, audit), new WatchText());
            }
            System.err.println(WatchText.summary(result));
        }
        Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
        verdicts.addAll(result.verdicts().keySet());
        verdicts.addAll(result.known().keySet());
        return worst.exitCode(verdicts, result.skipped());
    }

    private void requireOutput() throws IOException {
        if (out == null && json == null) {
            throw new InputException(
                    "nothing would be written; give --out DIR for files, --json - for a line per part, or both");
        }
        if (out != null) {
            Writable.requireFolder(out);
        }
        JsonOption.require(json, "--model", model);
        JsonOption.require(json, "--audit", auditing.file());
        JsonOption.require(json, "--rgb", rgb);
        JsonOption.require(json, "--xyz", xyz);
        JsonOption.require(json, "--camera", camera);
        JsonOption.requireNoResult(json, out, ResultFolder.FILES);
    }

    /** @param lines null = they go nowhere */
    private Outputs outputs(boolean single, JsonLines lines, AuditLog audit) {
        List<ResultSink> sinks = new ArrayList<>();
        if (out != null) {
            sinks.add(new ResultFolder(out, single));
        }
        if (lines != null) {
            sinks.add(lines);
        }
        sinks.add(new ResultText(JsonOption.text(json)));
        return new Outputs(sinks, audit);
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
}
