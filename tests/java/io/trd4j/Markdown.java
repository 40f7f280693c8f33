package io.trd4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Markdown file taken apart: prose, fenced code, code spans, links and the anchors of its headings. */
final class Markdown {
    private static final Pattern FENCE = Pattern.compile("^\\s*```(\\S*)");
    private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
    private static final Pattern SPAN = Pattern.compile("(`+)(.+?)\\1");
    private static final Pattern LINK =
            Pattern.compile("\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)|(?:src|href)=\"([^\"]+)\"");

    final Path file;
    final List<Line> lines = new ArrayList<>();

    /** One line of the file, counted from 1; language is null outside of fenced code, and empty where none is named. */
    record Line(int number, String text, String language) {
        boolean isCode() {
            return language != null;
        }
    }

    /** A piece of a line: a code span, a link's target. */
    record Piece(int line, String text) {}

    Markdown(Path file) throws IOException {
        this.file = file;
        String language = null;
        int number = 0;
        for (String text : Files.readAllLines(file)) {
            number++;
            Matcher fence = FENCE.matcher(text);
            if (fence.find()) {
                language = language == null ? fence.group(1) : null;
                lines.add(new Line(number, "", ""));
            } else {
                lines.add(new Line(number, text, language));
            }
        }
    }

    List<Piece> spans() {
        List<Piece> spans = new ArrayList<>();
        for (Line line : lines) {
            if (!line.isCode()) {
                Matcher span = SPAN.matcher(line.text());
                while (span.find()) {
                    spans.add(new Piece(line.number(), span.group(2).strip()));
                }
            }
        }
        return spans;
    }

    /** Lines of fenced code; one that ends with a backslash is joined with the next. */
    List<Piece> code() {
        List<Piece> code = new ArrayList<>();
        StringBuilder joined = new StringBuilder();
        for (Line line : lines) {
            if (line.isCode()) {
                joined.append(line.text());
                if (line.text().endsWith("\\")) {
                    joined.setLength(joined.length() - 1);
                } else {
                    code.add(new Piece(line.number(), joined.toString()));
                    joined.setLength(0);
                }
            }
        }
        return code;
    }

    /** Targets of links and pictures in prose. */
    List<Piece> links() {
        List<Piece> links = new ArrayList<>();
        for (Line line : lines) {
            if (!line.isCode()) {
                // A link's text may be code, but its target is not; code may look like a link.
                Matcher link = LINK.matcher(SPAN.matcher(line.text()).replaceAll("code"));
                while (link.find()) {
                    links.add(new Piece(line.number(), link.group(1) != null ? link.group(1) : link.group(2)));
                }
            }
        }
        return links;
    }

    /** As GitHub makes them: lower case, letters, digits, hyphens and underscores; a repeated one gets a number. */
    Set<String> anchors() {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Line line : lines) {
            Matcher heading = HEADING.matcher(line.text());
            if (!line.isCode() && heading.matches()) {
                String text = heading.group(1)
                        .replaceAll("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                        .replaceAll("[`*]", "");
                String anchor = text.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}\\p{M} _-]", "")
                        .replace(' ', '-');
                int before = seen.merge(anchor, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? anchor : anchor + "-" + before);
            }
        }
        return anchors;
    }
}
