package io.trd4j.cli;

import io.trd4j.cli.options.OutputChecks;
import io.trd4j.io.InputException;
import io.trd4j.model.Checkpoints;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd export}: a model file becomes an official PyTorch checkpoint. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Write a model's students, and its teacher if asked, as files that torch.load reads.")
final class ExportCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(names = "--to", required = true, paramLabel = "FORMAT", description = "The format: pth.")
    private String format;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description =
                    "The checkpoint to write: a dict with student_rgb and student_depth (also for surface normals).")
    private Path out;

    @Option(
            names = "--teacher-out",
            paramLabel = "FILE",
            description = "Also write the teacher's state dict, under torchvision's names up to layer3.")
    private Path teacherOut;

    @Override
    public Integer call() throws IOException {
        if (!format.equals("pth")) {
            throw new InputException("--to " + format + " is not known; use --to pth");
        }
        OutputChecks.requireNew("--out", out, "--model", model);
        if (teacherOut != null) {
            OutputChecks.requireNew("--teacher-out", teacherOut, "--model", model);
            OutputChecks.requireNew("--teacher-out", teacherOut, "--out", out);
        }
        try (ModelFile file = ModelFile.open(model)) {
            Checkpoints.exportStudents(file, out);
            System.out.println("wrote " + out);
            if (file.info().modality() == Modality.METRIC) {
                System.out.println(
                        "its second student has seen metric geometry, whose scales such a file does not hold: "
                                + "trd import cannot make a model of it again");
            }
            if (file.alignment() != null) {
                System.out.println(
                        file.alignment().crops()
                                ? "its students have seen parts cropped; such a file does not hold the crop"
                                : "its students have seen aligned parts; such a file does not hold the alignment");
            }
            if (teacherOut != null) {
                Checkpoints.exportTeacher(file, teacherOut);
                System.out.println("wrote " + teacherOut);
            }
        }
        return 0;
    }
}
