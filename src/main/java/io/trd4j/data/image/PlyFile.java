package io.trd4j.data.image;

import io.trd4j.io.OneLine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PLY, as text or binary in either byte order. Columns and rows are said by the lines {@code obj_info num_cols} and
 * {@code num_rows} (with a {@code range_grid} for missing points, as scanners write it), by comments such as
 * {@code width 640} and {@code height 480}, or by PCL's element {@code camera}; all else of an element is skipped.
 */
final class PlyFile {
    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int MAX_ELEMENTS = 64;
    private static final int MAX_PROPERTIES = 1024;
    private static final Pattern COLUMNS =
            Pattern.compile("(?i)(?:num_cols|num_columns|columns|cols|width) ?[:=]? ?(\\d{1,6})");
    private static final Pattern ROWS = Pattern.compile("(?i)(?:num_rows|rows|height) ?[:=]? ?(\\d{1,6})");

    /** @param counts type of a list's length; null = no list */
    private record Property(String name, SampleType counts, SampleType type) {}

    private record Element(String name, long count, List<Property> properties) {
        int index(String property) {
            for (int i = 0; i < properties.size(); i++) {
                if (properties.get(i).name.equals(property)) {
                    return i;
                }
            }
            return -1;
        }

        /** The least that one takes: as text, a digit and a separator for each number. */
        long leastBytes(boolean text) {
            long bytes = 0;
            for (Property p : properties) {
                bytes += text ? 2 : p.counts != null ? p.counts.bytes : p.type.bytes;
            }
            return bytes;
        }
    }

    private final Path file;
    private final byte[] bytes;
    private final ByteBuffer in;
    private final List<Element> elements = new ArrayList<>();
    /** Of a PLY as text; null of a binary one. */
    private AsciiNumbers text;

    private int columns;
    private int rows;
    private int position;
    private float[] points;
    private SampleType type;
    /** Of every cell of a grid, the number of its vertex; -1 = missing. */
    private int[] cells;

    private PlyFile(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
        in = ByteBuffer.wrap(bytes);
    }

    static Grid read(Path file, byte[] bytes) {
        PlyFile ply = new PlyFile(file, bytes);
        ply.header();
        for (Element element : ply.elements) {
            ply.read(element);
        }
        return ply.grid();
    }

    private Grid grid() {
        if (points == null) {
            throw ImageChecks.notXyz(file, "is a PLY without vertices of x, y, z");
        }
        long cellsToFill = (long) columns * rows;
        if (cells != null && cells.length == cellsToFill) {
            float[] organised = new float[3 * cells.length];
            for (int i = 0; i < cells.length; i++) {
                if (cells[i] >= 0) {
                    System.arraycopy(points, 3 * cells[i], organised, 3 * i, 3);
                }
            }
            return new Grid(file, columns, rows, 3, organised, type);
        }
        if (cells != null) {
            throw ImageChecks.damaged(file, "its grid of " + cells.length + " cells has not " + columns + " x " + rows);
        }
        return new Grid(file, points.length / 3, 1, 3, points, type).arranged(columns, rows);
    }

    private void header() {
        line();
        boolean ended = false;
        String format = null;
        List<Property> properties = List.of();
        while (!ended) {
            String[] words = line().strip().split("\\s+");
            switch (words[0]) {
                case "format" -> format = words.length > 1 ? words[1] : "";
                case "comment", "obj_info" -> size(String.join(" ", words));
                case "element" -> {
                    properties = new ArrayList<>();
                    if (words.length != 3 || !words[2].matches("\\d{1,10}") || elements.size() == MAX_ELEMENTS) {
                        throw ImageChecks.damaged(file, "impossible values in its header");
                    }
                    elements.add(new Element(words[1], Long.parseLong(words[2]), properties));
                }
                case "property" -> {
                    if (elements.isEmpty() || properties.size() == MAX_PROPERTIES) {
                        throw ImageChecks.damaged(file, "impossible values in its header");
                    }
                    properties.add(property(words));
                }
                case "end_header" -> ended = true;
                default -> {}
            }
        }
        if (format == null) {
            throw ImageChecks.damaged(file, "no format in its header");
        }
        switch (format) {
            case "ascii" -> text = new AsciiNumbers(file, bytes, position);
            case "binary_little_endian" -> in.order(ByteOrder.LITTLE_ENDIAN);
            case "binary_big_endian" -> in.order(ByteOrder.BIG_ENDIAN);
            default -> throw ImageChecks.damaged(file, "no format of PLY that is known");
        }
    }

    private void size(String line) {
        Matcher column = COLUMNS.matcher(line);
        Matcher row = ROWS.matcher(line);
        columns = column.find() ? Integer.parseInt(column.group(1)) : columns;
        rows = row.find() ? Integer.parseInt(row.group(1)) : rows;
    }

    private Property property(String[] words) {
        boolean list = words.length == 5 && words[1].equals("list");
        SampleType counts = list ? type(words[2]) : null;
        SampleType values = list ? type(words[3]) : words.length == 3 ? type(words[1]) : null;
        if (values == null || list && (counts == null || !counts.integer)) {
            throw ImageChecks.damaged(file, "impossible values in its header");
        }
        return new Property(words[words.length - 1], counts, values);
    }

    private static SampleType type(String name) {
        return switch (name) {
            case "char", "int8" -> SampleType.INT8;
            case "uchar", "uint8" -> SampleType.UINT8;
            case "short", "int16" -> SampleType.INT16;
            case "ushort", "uint16" -> SampleType.UINT16;
            case "int", "int32" -> SampleType.INT32;
            case "uint", "uint32" -> SampleType.UINT32;
            case "float", "float32" -> SampleType.FLOAT32;
            case "double", "float64" -> SampleType.FLOAT64;
            default -> null;
        };
    }

    /** The next line of the header; leaves the position behind its end. */
    private String line() {
        int start = position;
        while (position < bytes.length && position < MAX_HEADER_BYTES && bytes[position] != '\n') {
            position++;
        }
        if (position == bytes.length || position == MAX_HEADER_BYTES) {
            throw ImageChecks.damaged(file, "its header does not end");
        }
        position++;
        return new String(bytes, start, position - 1 - start, StandardCharsets.ISO_8859_1);
    }

    private void read(Element element) {
        long least = element.leastBytes(text != null);
        if (least == 0 && element.count > 0 || element.count > (bytes.length - position + 1L) / Math.max(1, least)) {
            throw ImageChecks.damaged(file, "it ends before its last " + OneLine.start(element.name));
        }
        int x = element.index("x");
        int y = element.index("y");
        int z = element.index("z");
        boolean vertices = element.name.equals("vertex") && x >= 0 && y >= 0 && z >= 0 && points == null;
        boolean grid = element.name.equals("range_grid") && element.properties.size() == 1;
        boolean camera = element.name.equals("camera") && element.count == 1;
        if (vertices) {
            if (element.count == 0) {
                throw ImageChecks.notXyz(file, "is a PLY without points");
            }
            ImageChecks.checkSize(file, element.count, 1, TiffFile.MAX_POINTS);
            type = element.properties.get(z).type;
            points = new float[3 * (int) element.count];
        }
        if (grid) {
            ImageChecks.checkSize(file, element.count, 1, TiffFile.MAX_POINTS);
            cells = new int[(int) element.count];
            Arrays.fill(cells, -1);
        }
        int viewWidth = element.index("viewportx");
        int viewHeight = element.index("viewporty");
        for (int i = 0; i < element.count; i++) {
            for (int p = 0; p < element.properties.size(); p++) {
                Property property = element.properties.get(p);
                double n = property.counts == null ? 1 : number(property.counts);
                double value = 0;
                if (!(n >= 0 && n <= bytes.length)) {
                    throw ImageChecks.damaged(file, "a list of " + n + " values");
                }
                for (int k = 0; k < n; k++) {
                    value = number(property.type);
                }
                if (vertices && (p == x || p == y || p == z)) {
                    points[3 * i + (p == x ? 0 : p == y ? 1 : 2)] = (float) value;
                } else if (grid && n == 1) {
                    cells[i] = cell(value);
                } else if (camera && p == viewWidth) {
                    columns = columns > 0 ? columns : (int) value;
                } else if (camera && p == viewHeight) {
                    rows = rows > 0 ? rows : (int) value;
                }
            }
        }
    }

    private int cell(double value) {
        if (points == null || !(value >= 0 && value < points.length / 3)) {
            throw ImageChecks.damaged(file, "its grid names a vertex that is not there");
        }
        return (int) value;
    }

    private double number(SampleType kind) {
        if (text != null) {
            return text.next();
        }
        if (position > bytes.length - kind.bytes) {
            throw ImageChecks.damaged(file, "it ends before its last number");
        }
        double value = kind.get(in, position);
        position += kind.bytes;
        return value;
    }
}
