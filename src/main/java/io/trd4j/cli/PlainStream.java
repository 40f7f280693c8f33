package io.trd4j.cli;

import java.io.PrintStream;
import java.util.regex.Pattern;

/**
 * A standard stream on which names of files and parts cannot move the cursor, change colours or write to the clipboard:
 * of control characters in a text, all but tabs and line feeds are printed as '?'.
 */
final class PlainStream extends PrintStream {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\t\\n]]");

    private final PrintStream to;

    private PlainStream(PrintStream to) {
        super(to, true);
        this.to = to;
    }

    /** In place of both of this process. */
    static void install() {
        System.setOut(new PlainStream(System.out));
        System.setErr(new PlainStream(System.err));
    }

    /** All methods that print a text end here. */
    @Override
    public void print(String text) {
        to.print(CONTROL.matcher(String.valueOf(text)).replaceAll("?"));
    }
}
