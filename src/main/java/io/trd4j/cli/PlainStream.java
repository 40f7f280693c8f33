package io.trd4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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

    /**
     * The bytes of a standard output, where a fault is an exception: a print stream hides what the system says of it.
     *
     * @param out {@link System#out}; a caller of this JVM may have put another one in place of the process's
     */
    static OutputStream bytes(PrintStream out) {
        return out instanceof PlainStream ? new FileOutputStream(FileDescriptor.out) : new Checked(out);
    }

    /** A print stream of others, of which nothing but that there was a fault is known. */
    private static final class Checked extends FilterOutputStream {
        private final PrintStream to;

        Checked(PrintStream to) {
            super(to);
            this.to = to;
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            to.write(bytes, from, count);
        }

        @Override
        public void flush() throws IOException {
            if (to.checkError()) {
                throw new IOException("the stream has failed");
            }
        }
    }

    /** All methods that print a text end here. */
    @Override
    public void print(String text) {
        to.print(CONTROL.matcher(String.valueOf(text)).replaceAll("?"));
    }
}
