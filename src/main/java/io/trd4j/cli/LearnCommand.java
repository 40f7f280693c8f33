package io.trd4j.cli;

import io.trd4j.cli.options.ComputeOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.SensitivityOption;
import io.trd4j.cli.options.SignatureNote;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.NamedParts;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.OptionException;
import io.trd4j.io.Writable;
import io.trd4j.learn.LearnOptions;
import io.trd4j.learn.LearnParts;
import io.trd4j.learn.LearnReport;
import io.trd4j.learn.LearnRun;
import io.trd4j.model.ScoreBranch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd learn}: a new model from one that rejects parts which somebody calls OK. */
@Command(
        name = "learn",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Set a model's limits again from the category's normal validation parts and parts that you call OK, by the "
                    + "same method, rate and confidence; with --steps let the students learn half of these parts before.",
            "The new model is written when it passes a gate: as many normal parts that were kept aside are OK as before, "
                    + "every known defect that was NG is NG, and so is every part of --ng. The old model stays as it is.",
            "A PART is a folder that has rgb and xyz (all its parts), a file in one of these, or IMAGE,POINTS.",
            "Exit code 0: the new model was written; 2: it was refused, or the input cannot be used, and nothing was."
        })
final class LearnCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "The model file, calibrated and with an NG limit; it stays as it is.")
    private Path model;

    @Option(names = "--ok", required = true, arity = "1..*", paramLabel = "PART", description = "Parts that are OK.")
    private List<String> ok;

    @Option(
            names = "--ng",
            arity = "1..*",
            paramLabel = "PART",
            description = "Parts that are not, and must be NG afterwards.")
    private List<String> ng = List.of();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "CATEGORY",
            description =
                    "Folder of the category: its validation/good parts set limits with the OK parts, its test parts "
                            + "are looked at by the gate, its train/good parts are learnt again with --steps.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The new model file to write.")
    private Path out;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Steps of each student on old and new parts, rounded up to whole epochs; 0 = only limits change "
                            + "(default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            defaultValue = "0.0005",
            description = "Learning rate of the first step (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description =
                    "Write what changed as JSON, to a file when the model is written; - writes one line to standard "
                            + "output in any case, and all other text to standard error.")
    private String json;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private SensitivityOption sensitivity;

    @Mixin
    private ComputeOptions inference;

    @Override
    public Integer call() throws IOException {
        Writable.requireOther("--out", out, "--model", model);
        JsonOption.require(json, "--model", model);
        JsonOption.require(json, "--out", out);
        SignatureNote note = SignatureNote.of(out);
        try {
            return run();
        } finally {
            note.print();
        }
    }

    private int run() throws IOException {
        InspectorOptions inspection = inference.options();
        LearnOptions options;
        try {
            options = new LearnOptions(steps, learningRate, seed, inspection, inference.cpuThreads());
        } catch (OptionException e) {
            throw Refused.of(e);
        }
        List<PartFiles> good = parts(ok);
        List<PartFiles> bad = parts(ng);
        SkippedParts skipped = new SkippedParts(broken);
        Dataset readable = broken.openReadable(points.convention(), data, skipped);
        Dataset dataset =
                broken.found(model, readable, List.of(ScoreBranch.COMBINED), true, skipped, ConsoleProgress.STDERR);
        broken.summarise();
        skipped.requireUsable(data, SkippedParts.VALIDATION, dataset.validation());
        LearnRun.Result result =
                LearnRun.run(model, LearnParts.of(dataset, good, bad), out, options, ConsoleProgress.STDERR);
        PrintStream text = JsonOption.text(json);
        result.notes().forEach(line -> System.err.println("trd: " + line));
        LearnText.lines(result).forEach(text::println);
        if (JsonOption.STANDARD_OUTPUT.equals(json)) {
            System.out.print(Json.text(LearnReport.of(result)) + "\n");
        }
        if (!result.accepted()) {
            throw new InputException(out + " was not written: " + result.refused()
                    + "; look at the parts that you called OK, or leave some away");
        }
        if (json != null && !JsonOption.STANDARD_OUTPUT.equals(json)) {
            AtomicFile.write(Path.of(json), Json.of(LearnReport.of(result)));
        }
        text.println("wrote " + out);
        if (result.steps() > 0) {
            sensitivity
                    .measure(out, dataset, inspection, ConsoleProgress.STDERR)
                    .forEach(text::println);
        }
        return 0;
    }

    private List<PartFiles> parts(List<String> names) throws IOException {
        List<PartFiles> parts = new ArrayList<>();
        for (String name : names) {
            NamedParts.of(name).forEach(part -> parts.add(part.withPoints(points.convention())));
        }
        return parts;
    }
}
