package io.trd4j.cli.options;

import io.trd4j.align.FoundParts;
import io.trd4j.data.PartNotFoundException;
import io.trd4j.data.PointConvention;
import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ScoreBranch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import picocli.CommandLine.Option;

/** Whether a verb that reads a folder goes on without parts that cannot be read, or that a model does not find. */
public final class SkipBroken implements BrokenParts {
    @Option(
            names = "--skip-broken",
            description = "Go on without parts of which a file is missing or cannot be read, or that an aligned model "
                    + "does not find, and say which; otherwise the first one ends the command.")
    private boolean skips;

    /** Why parts were left out, each said once. */
    private final Set<String> skipped = new HashSet<>();

    /** Prints why a part is left out, or refuses it. */
    @Override
    public void found(InputException why) {
        if (!skips) {
            throw why instanceof PartNotFoundException lost ? refused(lost) : why;
        }
        if (skipped.add(why.getMessage())) {
            System.err.println("trd: skipped: " + why.getMessage());
        }
    }

    /** Why a part that an aligned model does not find ends a verb that could go on without it. */
    public static InputException refused(PartNotFoundException why) {
        return new InputException(why.getMessage() + "; --skip-broken goes on without it", why);
    }

    /**
     * Opens a category whose points are meant so, for a verb that meets the files that cannot be read itself.
     *
     * @param skipped remembers the parts that are left out; made with this
     */
    public Dataset open(PointConvention points, Path data, SkippedParts skipped) throws IOException {
        return Dataset.open(data, skipped).withPoints(points);
    }

    /**
     * Opens a category, of which every part can be read.
     *
     * @param skipped remembers the parts that are left out; made with this
     */
    public Dataset openReadable(PointConvention points, Path data, SkippedParts skipped) throws IOException {
        Dataset dataset = open(points, data, skipped);
        return skips ? dataset.readable(skipped) : dataset;
    }

    /**
     * A category without the parts that an aligned model does not find, when parts may be left out: before a verb
     * computes anything from them.
     *
     * @param branches whose scores are wanted
     * @param labelled whether those of test parts are too; validation parts are looked at in any case
     * @param skipped remembers the parts that are left out; made with this
     */
    public Dataset found(
            Path model,
            Dataset dataset,
            List<ScoreBranch> branches,
            boolean labelled,
            SkippedParts skipped,
            Progress progress)
            throws IOException {
        if (!skips) {
            return dataset;
        }
        try (ModelFile file = ModelFile.open(model)) {
            Dataset seen = dataset.withColorBits(file.info().colorBits());
            Alignment alignment = file.alignment();
            BiConsumer<PartFiles, PartNotFoundException> lost = (part, why) -> skipped.found(part.id(), why);
            return new Dataset(
                    dataset.category(),
                    dataset.folder(),
                    dataset.train(),
                    FoundParts.of(alignment, seen.validation(), branches, lost, progress),
                    labelled ? FoundParts.of(alignment, seen.test(), branches, lost, progress) : dataset.test());
        }
    }

    /** How many parts were left out so far. */
    public int skipped() {
        return skipped.size();
    }

    /** Says how many parts were left out, when there were any. */
    public void summarise() {
        if (!skipped.isEmpty()) {
            System.err.println(
                    "trd: " + skipped.size() + (skipped.size() == 1 ? " part was" : " parts were") + " skipped");
        }
    }
}
