package io.trd4j;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds faults in the documents of a project; each fault is a line that names file, line number and cause. */
final class DocumentChecks {
    private static final int COLUMNS = 120;
    /** Names by which source files are known. */
    private static final Pattern SOURCE =
            Pattern.compile("[\\w./<>*{},$-]+\\.(java|cpp|hpp|cu|cuh|c|h|sh|py|cmake|xml|md|clang-format)");

    private static final Pattern PATH = Pattern.compile("\\.?[\\w<>*{}-][\\w./<>*{},-]*/[\\w./<>*{},-]*");
    private static final Pattern COMMAND = Pattern.compile("(?:^|[\\s\"'(`])(?:\\./)?trd ([a-z][\\w-]*)([^#|;&`]*)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*");
    private static final Pattern URL = Pattern.compile("\\]\\([^)]*\\)|https?://\\S+");

    private final Path root;
    private final List<Markdown> documents = new ArrayList<>();
    /** All files and folders below the root, relative to it, with / between names. */
    private final Set<String> paths = new TreeSet<>();

    private final List<String> faults = new ArrayList<>();

    DocumentChecks(Path root) throws IOException {
        this.root = root.toRealPath();
        Files.walkFileTree(this.root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String path = relative(folder);
                if (Set.of("target", "benchmarks/target", ".git", ".idea", ".vscode", "trd-demo")
                        .contains(path)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                paths.add(path);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                paths.add(relative(file));
                return FileVisitResult.CONTINUE;
            }
        });
        for (String path : paths) {
            // Results are never edited.
            if (path.endsWith(".md") && !path.startsWith("benchmarks/results/")) {
                documents.add(new Markdown(this.root.resolve(path)));
            }
        }
    }

    private String relative(Path path) {
        return root.relativize(path).toString().replace('\\', '/');
    }

    int count() {
        return documents.size();
    }

    private void fault(Markdown document, int line, String cause) {
        faults.add(relative(document.file) + ":" + line + ": " + cause);
    }

    private List<String> found() {
        List<String> all = List.copyOf(faults);
        faults.clear();
        return all;
    }

    /** Relative links and pictures, with their anchors. */
    List<String> links() throws IOException {
        for (Markdown document : documents) {
            for (Markdown.Piece link : document.links()) {
                if (link.text().matches("(https?|mailto):.*")) {
                    continue;
                }
                int hash = link.text().indexOf('#');
                String path = hash < 0 ? link.text() : link.text().substring(0, hash);
                Path target = path.isEmpty()
                        ? document.file
                        : document.file.resolveSibling(path).normalize();
                if (!target.startsWith(root) || !paths.contains(relative(target))) {
                    fault(document, link.line(), "there is no " + path);
                } else if (hash >= 0 && !target.toString().endsWith(".md")) {
                    fault(document, link.line(), link.text() + " has an anchor in a file without headings");
                } else if (hash >= 0
                        && !new Markdown(target).anchors().contains(link.text().substring(hash + 1))) {
                    fault(document, link.line(), "there is no heading for " + link.text());
                }
            }
        }
        return found();
    }

    /**
     * Code spans that look like paths of this project: those whose first folder is one of the project's or of the
     * document's, and names of source files and Java classes, which may begin anywhere. {@code <op>} and {@code *}
     * stand for anything. Build outputs are left out, and paths with a name in capitals, such as
     * {@code CATEGORY/train}.
     */
    List<String> paths() {
        for (Markdown document : documents) {
            String folder = relative(document.file.getParent());
            for (Markdown.Piece span : document.spans()) {
                String text = span.text().replaceAll("^\\./", "");
                String first = text.replaceAll("/.*", "");
                boolean source = SOURCE.matcher(text).matches();
                boolean path = PATH.matcher(text).matches()
                        && !first.isEmpty()
                        && (paths.contains(first) || paths.contains(folder + "/" + first));
                if (!source && !path || text.matches("(benchmarks/)?target/.*|(.*/)?(?!LICENSE)[A-Z][A-Z_]+(/.*)?")) {
                    continue;
                }
                String glob = text.replaceAll("<[^>]*>", "*").replaceAll("/$", "");
                String beside = Path.of(folder).resolve(glob).normalize().toString();
                if (!exists(glob)
                        && !exists(beside)
                        && !(source && exists("**/" + glob))
                        && !exists("tests/java/io/trd4j/" + glob + ".java")
                        && !exists("src/main/java/io/trd4j/" + glob + ".java")) {
                    fault(document, span.line(), "there is no " + text);
                }
            }
        }
        return found();
    }

    private boolean exists(String glob) {
        if (paths.contains(glob)) {
            return true;
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        return paths.stream().anyMatch(path -> matcher.matches(Path.of(path)));
    }

    /**
     * Lines of prose, and of code that names its language, are not too long; tables, addresses, commands and output may
     * be.
     */
    List<String> columns() {
        for (Markdown document : documents) {
            for (Markdown.Line line : document.lines) {
                boolean exempt =
                        line.isCode() ? line.language().isEmpty() : line.text().startsWith("|");
                String text =
                        line.isCode() ? line.text() : URL.matcher(line.text()).replaceAll("]");
                if (!exempt && text.codePointCount(0, text.length()) > COLUMNS) {
                    fault(
                            document,
                            line.number(),
                            text.codePointCount(0, text.length()) + " columns, more than " + COLUMNS);
                }
            }
        }
        return found();
    }

    /** @param most lines that a document may have */
    List<String> length(String path, int most) {
        for (Markdown document : documents) {
            if (relative(document.file).equals(path) && document.lines.size() > most) {
                fault(document, document.lines.size(), "more than " + most + " lines");
            }
        }
        return found();
    }

    /**
     * Verbs and their options behind {@code trd}, in fenced code and in code spans; every verb stands in some document.
     */
    List<String> commands(Map<String, Set<String>> verbs) {
        Set<String> missing = new TreeSet<>(verbs.keySet());
        for (Markdown document : documents) {
            List<Markdown.Piece> pieces = document.code();
            pieces.addAll(document.spans());
            for (Markdown.Piece piece : pieces) {
                Matcher command = COMMAND.matcher(piece.text());
                while (command.find()) {
                    String verb = command.group(1);
                    missing.remove(verb);
                    if (verb.equals("test")) {
                        continue;
                    } else if (!verbs.containsKey(verb)) {
                        fault(document, piece.line(), "there is no verb '" + verb + "'");
                        continue;
                    }
                    Matcher option = OPTION.matcher(command.group(2));
                    while (option.find()) {
                        if (!verbs.get(verb).contains(option.group())) {
                            fault(document, piece.line(), "trd " + verb + " has no option " + option.group());
                        }
                    }
                }
            }
        }
        missing.forEach(verb -> faults.add("no document has trd " + verb));
        return found();
    }

    /** Code spans of users' documents that begin with an option, which is one of some verb. */
    List<String> options(Map<String, Set<String>> verbs) {
        Set<String> known = new TreeSet<>();
        verbs.values().forEach(known::addAll);
        for (Markdown document : documents) {
            if (!relative(document.file).matches("README\\.md|src/docs/.*")) {
                continue;
            }
            for (Markdown.Piece span : document.spans()) {
                Matcher option = OPTION.matcher(span.text());
                while (span.text().startsWith("--") && option.find()) {
                    if (!known.contains(option.group())) {
                        fault(document, span.line(), "no verb has the option " + option.group());
                    }
                }
            }
        }
        return found();
    }

    /**
     * Text, code aside, without "save" in the sense of "except": the word stands in no other sense there. Users'
     * documents have no sentence that begins with "What".
     */
    List<String> english() {
        for (Markdown document : documents) {
            boolean users = relative(document.file).matches("README\\.md|src/docs/.*");
            if (users || relative(document.file).startsWith("native/")) {
                for (Markdown.Line line : document.lines) {
                    String text = line.isCode() ? "" : line.text().replaceAll("`[^`]*`", "");
                    if (text.matches("(?i).*\\bsave\\b.*")) {
                        fault(document, line.number(), "\"save\": write \"except\"");
                    }
                    if (users && text.matches("(.*[.:;!] |[-#*|> ]*)What\\b.*")) {
                        fault(document, line.number(), "a sentence begins with \"What\"");
                    }
                }
            }
        }
        return found();
    }

    /** Javadoc of the shipped code that begins with "What", and comments with "save" in the sense of "except". */
    List<String> javadoc() throws IOException {
        for (String path : paths) {
            if (path.startsWith("src/main/java/") && path.endsWith(".java")) {
                String text = Files.readString(root.resolve(path));
                Matcher what = Pattern.compile("/\\*\\*\\s*(?:\\*\\s*)?What\\b").matcher(text);
                while (what.find()) {
                    faults.add(path + ":" + lineAt(text, what.start()) + ": Javadoc begins with \"What\"");
                }
                Matcher save = Pattern.compile("(?m)^\\s*(?:/?\\*|//).*,\\s+(?:\\*\\s+)?save\\b")
                        .matcher(text);
                while (save.find()) {
                    faults.add(path + ":" + lineAt(text, save.end()) + ": \"save\": write \"except\"");
                }
            }
        }
        return found();
    }

    private static long lineAt(String text, int position) {
        return 1 + text.substring(0, position).chars().filter(c -> c == '\n').count();
    }
}
