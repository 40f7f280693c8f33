package io.trd4j.cli;

import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.Checkpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
        return 0;
    }
}
