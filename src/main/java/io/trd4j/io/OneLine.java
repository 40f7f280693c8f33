package io.trd4j.io;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts from outside, which may hold any character and have any length, fit for one line of a message. */
public final class OneLine {
    /** Longer than any name that a message needs. */
    private static final int LONGEST = 120;
    /** Control characters, line ends of other scripts, and marks that turn the direction of what follows. */
    private static final Pattern INVISIBLE =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]");

    private OneLine() {}

    /** The whole text: a space for each line end, '?' for every other control character. */
    public static String of(String text) {
        String line = String.valueOf(text);
        if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
            line = line.lines().map(String::strip).filter(l -> !l.isEmpty()).collect(Collectors.joining(" "));
        }
        return INVISIBLE.matcher(line).replaceAll("?");
    }

    /**
     * The first line of a message: those of LibTorch go on with its own stack trace.
     *
     * @param otherwise when it is empty
     */
    public static String first(String message, String otherwise) {
        return String.valueOf(message)
                .strip()
                .lines()
                .findFirst()
                .map(OneLine::of)
                .orElse(otherwise);
    }

    /** At most 120 characters of it: what stands in a file may have any length. */
    public static String start(String text) {
        return of(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...");
    }
}
