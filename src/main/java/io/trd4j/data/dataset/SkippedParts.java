package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.util.ArrayList;
import java.util.List;

/** Remembers which parts of one category were left out, after somebody else decided that they may be. */
public final class SkippedParts implements BrokenParts {
    public static final String TRAINING = "training";
    public static final String VALIDATION = "validation";
    public static final String TEST = "test";

    private final BrokenParts decides;
    private final List<SkippedPart> parts = new ArrayList<>();

    /** @param decides told first; throws where a part may not be left out */
    public SkippedParts(BrokenParts decides) {
        this.decides = decides;
    }

    /** Of a part that is not known, which is not remembered. */
    @Override
    public void found(InputException why) {
        decides.found(why);
    }

    @Override
    public void found(String id, InputException why) {
        decides.found(id, why);
        parts.add(new SkippedPart(id, why.getMessage()));
    }

    /**
     * Those of one split, in the order in which they were found.
     *
     * @param split {@link #TRAINING}, {@link #VALIDATION} or {@link #TEST}
     */
    public List<SkippedPart> of(String split) {
        return parts.stream().filter(part -> part.split().equals(split)).toList();
    }

    /**
     * Refuses a split that is empty because all of its parts were left out; one that had none is not refused.
     *
     * @param where names the category in the message
     * @param split {@link #TRAINING}, {@link #VALIDATION} or {@link #TEST}
     * @param left its parts that are left
     */
    public void requireUsable(Object where, String split, List<PartFiles> left) {
        List<SkippedPart> skipped = of(split);
        if (left.isEmpty() && !skipped.isEmpty()) {
            throw new InputException(where + ": none of the " + skipped.size() + " " + split
                    + " parts can be used; the first: " + skipped.get(0).reason());
        }
    }
}
