package io.trd4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The last two lines of {@code trd test}: the slowest test classes, and what was skipped and why. From surefire's
 * reports.
 */
final class SuiteReport {
    /** Seconds that a test class may take on two quiet cores; the whole suite has 15 minutes. */
    private static final int BUDGET = 60;

    private static final int SLOWEST = 5;
    private static final String NEEDS = "needs ";
    private static final String INSTRUCTION_SET = "needs instruction set ";

    private SuiteReport() {}

    /** @param args the folder of the reports; a file: older reports are of an earlier run */
    public static void main(String[] args) throws Exception {
        Path started = Path.of(args[1]);
        lines(Path.of(args[0]), Files.exists(started) ? Files.getLastModifiedTime(started) : FileTime.fromMillis(0))
                .forEach(System.out::println);
    }

    /** No lines without a report. */
    static List<String> lines(Path reports, FileTime from)
            throws IOException, ParserConfigurationException, SAXException {
        Map<String, Double> seconds = new TreeMap<>();
        Map<String, Integer> reasons = new TreeMap<>();
        List<String> sets = new ArrayList<>();
        for (Path file : files(reports, from)) {
            DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            Element suite = builder.parse(file.toFile()).getDocumentElement();
            String name = suite.getAttribute("name").replaceFirst(".*\\.", "");
            seconds.merge(name, Double.parseDouble(suite.getAttribute("time").replace(",", "")), Double::sum);
            NodeList skipped = suite.getElementsByTagName("skipped");
            for (int i = 0; i < skipped.getLength(); i++) {
                String reason = reason((Element) skipped.item(i));
                if (reason.startsWith(INSTRUCTION_SET)) {
                    sets.add(reason.substring(INSTRUCTION_SET.length()));
                } else {
                    reasons.merge(reason.isBlank() ? "without a reason" : reason, 1, Integer::sum);
                }
            }
        }
        return seconds.isEmpty() ? List.of() : List.of(slowest(seconds), skipped(reasons, sets));
    }

    /** Of a disabled test an attribute, of an assumption the first line of its stack trace. */
    private static String reason(Element skipped) {
        String text = skipped.getAttribute("message");
        if (text.isBlank()) {
            text = skipped.getTextContent().strip();
        }
        return text.lines()
                .findFirst()
                .orElse("")
                .replaceFirst("^org\\.opentest4j\\.TestAbortedException: ", "")
                .replaceFirst("^Assumption failed: ", "");
    }

    private static List<Path> files(Path reports, FileTime from) throws IOException {
        if (!Files.isDirectory(reports)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(reports)) {
            for (Path file : all.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList()) {
                if (Files.getLastModifiedTime(file).compareTo(from) >= 0) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    private static String slowest(Map<String, Double> seconds) {
        return "slowest test classes (budget " + BUDGET + " s each): "
                + seconds.entrySet().stream()
                        .sorted(Comparator.comparing((Map.Entry<String, Double> e) -> -e.getValue()))
                        .limit(SLOWEST)
                        .map(e -> e.getKey()
                                + String.format(Locale.ROOT, " %.0f s", e.getValue())
                                + (e.getValue() > BUDGET ? " (over)" : ""))
                        .collect(Collectors.joining(", "));
    }

    private static String skipped(Map<String, Integer> reasons, List<String> sets) {
        List<String> groups = new ArrayList<>();
        reasons.forEach((reason, count) -> {
            String tests = groups.isEmpty() ? count == 1 ? " test" : " tests" : "";
            groups.add(count
                    + tests
                    + (reason.startsWith(NEEDS)
                            ? (count == 1 ? " that needs " : " that need ") + reason.substring(NEEDS.length())
                            : " (" + reason + ")"));
        });
        return "skipped: " + (groups.isEmpty() ? "no test" : String.join(", ", groups))
                + (sets.isEmpty() ? "" : "; instruction sets not tested on this CPU: " + String.join(", ", sets));
    }
}
