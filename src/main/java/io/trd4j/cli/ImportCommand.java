package io.trd4j.cli;

import io.trd4j.cli.options.GeometryOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.SignatureNote;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.io.Writable;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Checkpoints;
import io.trd4j.model.Geometry;
import io.trd4j.model.ImportOptions;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd import}: an official PyTorch checkpoint becomes a model file. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Turn an official PyTorch checkpoint and its teacher's weights into a model file.")
final class ImportCommand implements Callable<Integer> {
    private static final int USUAL_KERNEL = 5;

    @Option(
            names = "--student",
            required = true,
            arity = "1..2",
            paramLabel = "FILE",
            description = "The checkpoint (.pth or .safetensors) with student_rgb and student_depth or "
                    + "student_normals; or two files, the colour branch's student first.")
    private List<Path> students;

    @Option(
            names = "--teacher",
            required = true,
            paramLabel = "imagenet|FILE",
            description = "The teacher's weights: a torchvision or timm ResNet (.pth or .safetensors), or "
                    + "torchvision's ImageNet weights (downloaded once).")
    private String teacher;

    @Option(
            names = "--backbone",
            defaultValue = "wide_resnet50_2",
            paramLabel = "NAME",
            description = "The ResNet: resnet18, resnet34, resnet50 or wide_resnet50_2 (default: ${DEFAULT-VALUE}).")
    private String backbone;

    @Option(
            names = "--size",
            defaultValue = "256",
            paramLabel = "PX",
            description = "The input size the students were trained with (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--modality",
            required = true,
            paramLabel = "depth|normals",
            description = "What the second student sees.")
    private Modality modality;

    @Option(
            names = "--normal-kernel",
            paramLabel = "K",
            description = "Sobel aperture of the surface normals, odd, 1 to 31; " + USUAL_KERNEL + " when not given.")
    private Integer normalKernel;

    @Option(
            names = "--calibration",
            split = ",",
            paramLabel = "MEAN_RGB,STD_RGB,MEAN_DEPTH,STD_DEPTH",
            hideParamSyntax = true,
            description = "Mean and standard deviation of the maps of normal parts, per branch; without it, run trd "
                    + "calibrate afterwards.")
    private double[] calibration;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The model file to write (safetensors).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        // Faults of the options or the checkpoint are found before the teacher is read or downloaded.
        ImportOptions options = options();
        for (Path student : students) {
            Writable.requireOther("--out", out, "--student", student);
        }
        Writable.requireOther("--out", out, "--teacher", teacher);
        SignatureNote note = SignatureNote.of(out);
        ModelInfo written = Checkpoints.importModel(options, out, ConsoleProgress.STDERR);
        note.print();
        System.out.println("wrote " + out + ": " + written.backbone().key() + ", size " + written.size() + ", rgb and "
                + written.modality().key());
        if (written.calibration() == null) {
            System.out.println("it has no calibration yet; run: trd calibrate --model " + out + " --data CATEGORY");
        }
        return 0;
    }

    private ImportOptions options() {
        if (modality == Modality.DEPTH && normalKernel != null) {
            throw new InputException(GeometryOptions.KERNEL_OF_DEPTH);
        }
        try {
            Geometry geometry = ImportOptions.geometry(modality, normalKernel == null ? USUAL_KERNEL : normalKernel);
            return new ImportOptions(students, teacher, Backbone.of(backbone), size, geometry, calibration());
        } catch (OptionException e) {
            throw Refused.of(e);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage(), e);
        }
    }

    private Calibration calibration() {
        if (calibration == null) {
            return null;
        }
        if (calibration.length != 4) {
            throw new InputException(
                    "--calibration needs four numbers (mean and standard deviation of rgb, then of depth), not "
                            + calibration.length);
        }
        return new Calibration(calibration[0], calibration[1], calibration[2], calibration[3]);
    }
}
