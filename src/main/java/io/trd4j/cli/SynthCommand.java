package io.trd4j.cli;

import io.trd4j.data.synthetic.SyntheticDifficulty;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.data.synthetic.SyntheticTestSet;
import io.trd4j.io.InputException;
import io.trd4j.io.LazyTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd synth}: a synthetic product category to try the engine on. */
@Command(
        name = "synth",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Write a synthetic product category in the MVTec 3D-AD layout.",
            "Defects: stain (colour only), dent and bump (geometry only), hole, crack and contamination (both). "
                    + "defects.csv says how severe each is."
        })
final class SynthCommand implements Callable<Integer> {
    private static final int TEST_PARTS = 28;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The category is written to DIR/NAME.")
    private Path out;

    @Option(
            names = "--shape",
            defaultValue = "cookie",
            paramLabel = "SHAPE",
            description = "What is made: cookie, plate, ring, rope or cloth (default: ${DEFAULT-VALUE}).")
    private SyntheticProduct shape;

    @Option(
            names = "--difficulty",
            defaultValue = "standard",
            paramLabel = "standard|hard",
            description = "How hard defects are to find; hard = parts, poses, light and noise vary as on a line, and "
                    + "defects are from barely visible to obvious (default: ${DEFAULT-VALUE}).")
    private SyntheticDifficulty difficulty;

    @Option(names = "--category", paramLabel = "NAME", description = "Folder of the category (default: the shape).")
    private String category;

    @Option(
            names = "--train",
            defaultValue = "40",
            paramLabel = "N",
            description = "Good parts to train on (default: ${DEFAULT-VALUE}).")
    private int train;

    @Option(
            names = "--validation",
            defaultValue = "10",
            paramLabel = "N",
            description = "Good parts to calibrate on (default: ${DEFAULT-VALUE}).")
    private int validation;

    @Option(
            names = "--test",
            paramLabel = "N",
            description = "Test parts in all: about a third good, the rest spread over the six defects, "
                    + "each at least once when N is 7 or more (default: " + TEST_PARTS + ").")
    private Integer test;

    @Option(names = "--good", paramLabel = "N", description = "In place of --test, with --per-kind: good test parts.")
    private Integer good;

    @Option(
            names = "--per-kind",
            paramLabel = "N",
            description = "In place of --test, with --good: test parts of each of the six defects, slight, medium and "
                    + "severe ones in turn.")
    private Integer perKind;

    @Option(
            names = "--size",
            defaultValue = "256",
            paramLabel = "PX",
            description = "Width and height of the images, 32 to 1024 (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--seed",
            defaultValue = "42",
            paramLabel = "N",
            description = "The same seed gives the same files (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public Integer call() throws IOException {
        String name = category == null ? shape.key() : category;
        if (name.isBlank() || name.startsWith(".") || name.contains("/") || name.contains("\\")) {
            throw new InputException("category '" + name + "' cannot be a folder name; use letters, digits, - and _");
        }
        SyntheticTestSet plan = plan();
        Path folder = out.resolve(name);
        try (LazyTask task =
                new LazyTask(ConsoleProgress.STDERR, "Drawing parts", (long) train + validation + plan.size())) {
            SyntheticParts.write(folder, shape, difficulty, train, validation, plan, size, seed, task::at);
        }
        System.out.println(folder + ": " + train + " parts to train on, " + validation + " to calibrate, " + plan.size()
                + " to test");
        return 0;
    }

    private SyntheticTestSet plan() {
        if (good == null && perKind == null) {
            return SyntheticTestSet.inAll(test == null ? TEST_PARTS : test);
        }
        if (test != null) {
            throw new InputException(
                    "--test says how many test parts there are in all; give it, or --good and --per-kind");
        }
        if (good == null || perKind == null) {
            throw new InputException("--good and --per-kind belong together; give both");
        }
        return SyntheticTestSet.exactly(good, perKind);
    }
}
