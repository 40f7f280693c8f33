package io.trd4j.cli;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.Checkpoints;
import io.trd4j.model.Precision;
import io.trd4j.onnx.OnnxCheck;
import io.trd4j.onnx.OnnxExport;
import io.trd4j.onnx.OnnxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd export}: a model file becomes an official PyTorch checkpoint, or an ONNX graph. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Write a model for other programs: its students, and its teacher if asked, as files that torch.load reads "
                    + "(pth), or all of it as one ONNX graph (onnx).",
            "A graph is compared with trd in ONNX Runtime, on normal parts, before it is handed out; FILE.json beside "
                    + "it has what five parts give."
        })
final class ExportCommand implements Callable<Integer> {
    private static final String PTH = "pth";
    private static final String ONNX = "onnx";

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(names = "--to", required = true, paramLabel = "pth|onnx", description = "The format: pth or onnx.")
    private String format;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The file to write: pth is a dict with student_rgb and student_depth (also for surface "
                    + "normals). An ONNX graph must not exist.")
    private Path out;

    @Option(
            names = "--teacher-out",
            paramLabel = "FILE",
            description = "With pth: also write the teacher's state dict, under torchvision's names up to layer3.")
    private Path teacherOut;

    @Option(
            names = "--data",
            paramLabel = "CATEGORY",
            description = "With onnx: the dataset on whose normal validation parts the graph is compared with trd.")
    private Path data;

    @Option(
            names = "--preprocess",
            description = "With onnx: the graph takes 8-bit images and points of the parts' size, and prepares them "
                    + "itself.")
    private boolean preprocess;

    @ArgGroup
    private GraphPrecision precision = new GraphPrecision();

    /** At most one of them. */
    static final class GraphPrecision {
        @Option(names = "--fp16", description = "With onnx: convolutions in float16.")
        private boolean fp16;

        @Option(
                names = "--int8",
                description = "With onnx: convolutions in 8 bits, with the ranges that calibration measured, in pairs "
                        + "of nodes that quantise and dequantise (QDQ).")
        private boolean int8;

        Precision chosen() {
            return fp16 ? Precision.FP16 : int8 ? Precision.INT8 : Precision.FP32;
        }
    }

    @Mixin
    private PointOptions points;

    @Override
    public Integer call() throws IOException {
        switch (format) {
            case PTH -> checkpoint();
            case ONNX -> graph();
            default -> throw new InputException("--to " + format + " is not known; use --to pth or --to onnx");
        }
        return 0;
    }

    private void checkpoint() throws IOException {
        if (data != null || preprocess || precision.chosen() != Precision.FP32) {
            String given = data != null ? "--data" : preprocess ? "--preprocess" : precision.fp16 ? "--fp16" : "--int8";
            throw new InputException(given + " is for --to onnx; leave it out");
        }
        Writable.requireOther("--out", out, "--model", model);
        if (teacherOut != null) {
            Writable.requireOther("--teacher-out", teacherOut, "--model", model);
            Writable.requireOther("--teacher-out", teacherOut, "--out", out);
        }
        List<String> lost = Checkpoints.export(model, out, teacherOut);
        System.out.println("wrote " + out);
        lost.forEach(System.out::println);
        if (teacherOut != null) {
            System.out.println("wrote " + teacherOut);
        }
    }

    private void graph() throws IOException {
        if (teacherOut != null) {
            throw new InputException("--teacher-out is for --to pth; an ONNX graph holds the teacher");
        }
        if (data == null) {
            throw new InputException("--to onnx compares the graph on normal parts; give them by --data CATEGORY");
        }
        List<PartFiles> normal = PreparedParts.normal(points.open(data).validation());
        OnnxCheck.Result result = OnnxExport.run(
                model, normal, out, new OnnxOptions(preprocess, precision.chosen()), ConsoleProgress.STDERR);
        System.out.println("wrote " + out);
        String parts = result.parts() + (result.parts() == 1 ? " part" : " parts");
        if (precision.chosen() == Precision.FP32) {
            System.out.printf(
                    Locale.ROOT,
                    "in ONNX Runtime, %s: maps differ from trd's by %.1e of the map's deviation at most, scores by %.1e%n",
                    parts,
                    result.maps(),
                    result.scores());
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "in ONNX Runtime, %s in %s: each map correlates with fp32's by %.5f or more, scores differ by %.2f %% "
                            + "or less, other verdicts: %s%n",
                    parts,
                    precision.chosen().key(),
                    result.accuracy().correlation(),
                    100 * result.accuracy().scoreError(),
                    result.others().isEmpty() ? "none" : String.join(", ", result.others()));
        }
    }
}
