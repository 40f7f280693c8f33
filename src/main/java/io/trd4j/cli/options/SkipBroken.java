package io.trd4j.cli.options;

import io.trd4j.data.PointConvention;
import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whether a verb that reads a folder goes on without parts of which a file is missing or cannot be read. */
public final class SkipBroken implements BrokenParts {
    @Option(
            names = "--skip-broken",
            description = "Go on without parts of which a file is missing or cannot be read, and say which; otherwise "
                    + "the first one ends the command.")
    private boolean skips;

    private int skipped;

    /** Prints why a part is left out, or refuses it. */
    @Override
    public void found(InputException why) {
        if (!skips) {
            throw why;
        }
        skipped++;
        System.err.println("trd: skipped: " + why.getMessage());
    }

    /** Opens a category whose points are meant so, for a verb that meets the files that cannot be read itself. */
    public Dataset open(PointConvention points, Path data) throws IOException {
        return Dataset.open(data, this).withPoints(points);
    }

    /** Opens a category, of which every part can be read. */
    public Dataset openReadable(PointConvention points, Path data) throws IOException {
        Dataset dataset = open(points, data);
        return skips ? dataset.readable(this) : dataset;
    }

    /** How many parts were left out so far. */
    public int skipped() {
        return skipped;
    }

    /** Says how many parts were left out, when there were any. */
    public void summarise() {
        if (skipped > 0) {
            System.err.println("trd: " + skipped + (skipped == 1 ? " part was" : " parts were") + " skipped");
        }
    }
}
