package io.trd4j.data.dataset;

import io.trd4j.io.InputException;

/** Decides about parts of which a file is missing or cannot be read. */
@FunctionalInterface
public interface BrokenParts {
    /** The first one is an error. */
    BrokenParts REFUSE = why -> {
        throw why;
    };

    /**
     * Called for each broken part, in no order. The part is left out when this returns.
     *
     * @param why one line that names the part
     */
    void found(InputException why);

    /**
     * The same of a part that is known.
     *
     * @param id as {@link PartFiles#id}
     */
    default void found(String id, InputException why) {
        found(why);
    }
}
