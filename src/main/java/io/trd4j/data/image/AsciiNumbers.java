package io.trd4j.data.image;

import io.trd4j.io.OneLine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The numbers of a text, one after the other, separated by white space. */
final class AsciiNumbers {
    private static final int LONGEST = 64;

    private final Path file;
    private final byte[] bytes;
    private int position;

    AsciiNumbers(Path file, byte[] bytes, int start) {
        this.file = file;
        this.bytes = bytes;
        position = start;
    }

    double next() {
        while (position < bytes.length && bytes[position] <= ' ') {
            position++;
        }
        int start = position;
        while (position < bytes.length && bytes[position] > ' ') {
            position++;
        }
        if (start == position) {
            throw ImageChecks.damaged(file, "it ends before its last number");
        }
        String text = new String(bytes, start, Math.min(position - start, LONGEST), StandardCharsets.ISO_8859_1);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return named(text);
        }
    }

    /** As C prints what is not finite. */
    private double named(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean negative = lower.startsWith("-");
        String name = negative || lower.startsWith("+") ? lower.substring(1) : lower;
        if (name.startsWith("nan")) {
            return Double.NaN;
        }
        if (name.startsWith("inf")) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        throw ImageChecks.damaged(file, "'" + OneLine.start(text) + "' where a number must be");
    }
}
