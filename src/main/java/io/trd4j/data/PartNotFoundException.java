package io.trd4j.data;

import io.trd4j.io.InputException;

/**
 * An aligned model does not find its part: it is not in view, lies too far off, or is another one. Nothing else is
 * wrong with the input, so that a line may take such a part out, or trigger again.
 */
public final class PartNotFoundException extends InputException {
    private static final long serialVersionUID = 1L;

    /** @param source of the part, as {@link Part#source} says it */
    public PartNotFoundException(String source) {
        super(source + " does not show the part that the model was trained on where it can be found; check that it is"
                + " in view");
    }
}
