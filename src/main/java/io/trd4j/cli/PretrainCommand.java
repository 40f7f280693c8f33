package io.trd4j.cli;

import io.trd4j.cli.options.DeviceOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.ResumeHint;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.model.Backbone;
import io.trd4j.train.pretrain.Pretext;
import io.trd4j.train.pretrain.PretrainOptions;
import io.trd4j.train.pretrain.PretrainRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd pretrain}: a teacher from images that formulas draw, without any data. */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Pretrain a teacher on images that formulas draw; no data is needed, and no image is seen twice.",
            "The weights serve as --teacher of trd train; the embedded teacher was made so. On a GPU it takes "
                    + "minutes, on a CPU hours.",
            "ImageNet weights stay the recommendation for production."
        })
final class PretrainCommand implements Callable<Integer> {
    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The teacher's weights to write (safetensors).")
    private Path out;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            defaultValue = "resnet18",
            description = "The ResNet: resnet18, resnet34, resnet50 or wide_resnet50_2 (default: ${DEFAULT-VALUE}).")
    private String backbone;

    @Option(
            names = "--pretext",
            paramLabel = "dense|classes|contrast|all",
            defaultValue = "dense",
            description = "What is learnt at every position: its textures, marks, albedo and slopes; only textures "
                    + "and marks; to find its place again in another view; or all of it (default: ${DEFAULT-VALUE}).")
    private Pretext pretext;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "4000",
            description = "Steps (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--scenes",
            paramLabel = "N",
            defaultValue = "16",
            description = "Scenes per step, each seen in four views (default: ${DEFAULT-VALUE}).")
    private int scenes;

    @Option(
            names = "--size",
            paramLabel = "PX",
            defaultValue = "64",
            description = "Size of a view, a multiple of 32 (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            defaultValue = "0.0015",
            description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private DeviceOptions device;

    @Option(names = "--resume", description = "Continue from FILE.state when an earlier run left one.")
    private boolean resume;

    @Option(
            names = "--state-every",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description =
                    "Write FILE.state when this long has passed; 0 = after every step (default: ${DEFAULT-VALUE}).")
    private int stateSeconds;

    @Override
    public Integer call() throws IOException {
        if (stateSeconds < 0) {
            throw new InputException("--state-every must not be negative, not " + stateSeconds);
        }
        PretrainOptions options;
        try {
            options = new PretrainOptions(
                    Backbone.of(backbone),
                    pretext,
                    steps,
                    scenes,
                    size,
                    learningRate,
                    seed,
                    device.threads(),
                    device.training());
        } catch (OptionException e) {
            throw Refused.of(e);
        }
        long start = System.nanoTime();
        PretrainRun run = new PretrainRun(options, stateSeconds, new Listener(), ConsoleProgress.STDERR);
        ResumeHint.register(PretrainRun.state(out));
        PretrainRun.Result result = run.run(out, resume);
        System.out.println(String.format(
                Locale.ROOT,
                "wrote %s: %d steps of %d images in %.0f s%s",
                out,
                steps,
                result.images(),
                (System.nanoTime() - start) / 1e9,
                result.last() == null ? "" : ", " + PretrainRun.text(result.last())));
        System.out.println("next: trd train --data CATEGORY --out model.safetensors --backbone "
                + options.backbone().key() + " --teacher " + out);
        return 0;
    }

    private static final class Listener implements PretrainRun.Listener {
        @Override
        public void warning(String message) {
            System.err.println("trd: " + message);
        }

        @Override
        public void resumed(Path state, int stepsDone) {
            System.err.println("trd: resuming after step " + stepsDone + " from " + state);
        }

        @Override
        public void nothingToResume(Path state) {
            System.err.println("trd: there is no " + state + ": starting from the beginning");
        }
    }
}
