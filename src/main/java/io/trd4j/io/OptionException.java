package io.trd4j.io;

import java.util.Objects;

/**
 * A value that an options record does not accept. It keeps the option's name apart from what is wrong with it, so that
 * whoever offers the option under another name (a command line, a form) can say it in its own words.
 */
public final class OptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String option;
    private final String problem;

    /**
     * @param option the record's component, such as {@code learningRate}
     * @param problem goes on behind the name, such as {@code must be positive, not -1}
     */
    public OptionException(String option, String problem) {
        super(option + " " + problem);
        this.option = Objects.requireNonNull(option, "option");
        this.problem = problem;
    }

    /** The record's component. */
    public String option() {
        return option;
    }

    /** Goes on behind the option's name. */
    public String problem() {
        return problem;
    }

    /** Throws when the condition does not hold. */
    public static void require(boolean condition, String option, String problem) {
        if (!condition) {
            throw new OptionException(option, problem);
        }
    }
}
