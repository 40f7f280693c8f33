package io.trd4j.cli.options;

import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.Backbone;
import io.trd4j.model.ModelInfo;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The network that a measuring verb runs: a model file's, or one with random weights. */
public final class ModelChoice {
    public static final String MEANINGLESS =
            "The weights are random: times are those of a trained model, scores mean nothing.";

    @Option(names = "--model", paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(
            names = "--random",
            description = "Random weights instead of a model file: to measure times without a trained model.")
    private boolean random;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            description =
                    "With --random: resnet18, resnet34, resnet50 or wide_resnet50_2; wide_resnet50_2 when not given.")
    private String backbone;

    @Option(
            names = "--size",
            paramLabel = "PX",
            description = "With --random: the input size S, a multiple of 32; 256 when not given.")
    private Integer size;

    /** Checks the options together. */
    public void check() {
        if (random == (model != null)) {
            throw new InputException(
                    "give either --model, or --random for random weights" + (random ? ", not both" : ""));
        }
        if (!random && (backbone != null || size != null)) {
            throw new InputException(
                    (backbone == null ? "--size" : "--backbone") + " belongs to --random: a model file has its own");
        }
        backbone();
        if (size() <= 0 || size() > ModelInfo.MAX_SIZE || size() % 32 != 0) {
            throw new InputException(
                    "--size must be a multiple of 32 from 32 to " + ModelInfo.MAX_SIZE + ", not " + size());
        }
    }

    /**
     * Checks, before anything is measured, that the report can be written and would not replace the model; null = none
     * is wanted.
     */
    public void requireReport(Path json) throws IOException {
        if (json != null) {
            Writable.requireFile(json);
            if (model != null) {
                Writable.requireOther("--json", json, "--model", model);
            }
        }
    }

    /** Null with random weights. */
    public Path model() {
        return model;
    }

    /** With random weights. */
    public Backbone backbone() {
        return backbone == null ? Backbone.WIDE_RESNET50_2 : Backbone.of(backbone);
    }

    /** With random weights. */
    public int size() {
        return size == null ? 256 : size;
    }
}
