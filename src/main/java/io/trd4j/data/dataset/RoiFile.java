package io.trd4j.data.dataset;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trd4j.data.GreyImage;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.EncodedImage;
import io.trd4j.data.image.ImageChecks;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.OpenCv;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Which pixels of a part's images count, from a file: an image of any size, white where they do, or JSON of polygons
 *
 * <pre>{"width": 800, "height": 600, "include": [[[x, y], …], …], "ignore": [[[x, y], …], …]}</pre>
 *
 * in pixels of the colour image, which has that width and height. The inside of a polygon of {@code include} counts,
 * its outline too (everything, when there is none), except the inside of those of {@code ignore}.
 */
public final class RoiFile {
    /** OpenCV's polygons have whole coordinates, of which these are the binary places behind the point. */
    private static final int FRACTION_BITS = 4;

    private static final int MIN_POINTS = 3;
    /** Of the ratio of width and height: polygons drawn on a smaller copy of the image fit. */
    private static final double RATIO_TOLERANCE = 0.01;

    /** A point takes about 10 bytes. */
    private static final int MAX_JSON_BYTES = 4 << 20;
    /** Pixels that are filled or drawn, and edges that are compared: a second or two. */
    private static final double MAX_STEPS = 1e9;

    private static final JsonMapper JSON = Json.strict(1 << 10).build();

    private RoiFile() {}

    private record Polygons(Long width, Long height, List<List<double[]>> include, List<List<double[]>> ignore) {
        Polygons {
            include = include == null ? List.of() : include;
            ignore = ignore == null ? List.of() : ignore;
        }

        List<List<double[]>> all() {
            return Stream.concat(include.stream(), ignore.stream()).toList();
        }
    }

    /**
     * The file at {@code size x size}, row by row: true where pixels count; an image is understood
     * ({@link GroundTruth}) and resized as a ground truth is (SPEC section 5).
     *
     * @param example a colour image that the region belongs to: polygons of an image of another shape are refused; null
     *     = not known
     * @throws InputException when the file is neither an image nor polygons, or excludes everything; one line that
     *     names it
     */
    public static boolean[] read(Path file, int size, RgbImage example) throws IOException {
        byte[] bytes = EncodedImage.bytes(file);
        Polygons polygons = isJson(file, bytes) ? parse(file, bytes) : null;
        if (polygons != null && example != null) {
            requireShape(file, polygons, example);
        }
        boolean[] counts = Preparation.aboveHalf(
                polygons != null
                        ? filled(polygons)
                        : ImageChecks.read(
                                file,
                                () -> GroundTruth.of(ImageReader.stored(EncodedImage.check(file, bytes)))
                                        .marks()),
                size);
        for (boolean c : counts) {
            if (c) {
                return counts;
            }
        }
        throw new InputException(file + " excludes every pixel at the model's size " + size + "; "
                + (polygons != null
                        ? "give polygons that leave something"
                        : "paint white (above half of full scale) what counts"));
    }

    private static boolean isJson(Path file, byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.UTF_8).stripLeading();
        return start.startsWith("{") || file.toString().endsWith(".json");
    }

    private static Polygons parse(Path file, byte[] bytes) {
        if (bytes.length > MAX_JSON_BYTES) {
            throw wrong(file, "it has more than 4 MiB, more than polygons need");
        }
        Polygons polygons = Json.read(JSON, bytes, Polygons.class, what -> wrong(file, what));
        if (polygons == null
                || polygons.width == null
                || polygons.height == null
                || polygons.width < 1
                || polygons.height < 1) {
            throw wrong(file, "width and height of the colour image are missing or not positive");
        }
        ImageChecks.checkSize(file, polygons.width, polygons.height, ImageChecks.MAX_PIXELS);
        check(file, "include", polygons.include, polygons);
        check(file, "ignore", polygons.ignore, polygons);
        requireWork(file, polygons);
        return polygons;
    }

    /** Of polygons that were checked: as many and as large ones as take seconds to fill are a mistake, or an attack. */
    private static void requireWork(Path file, Polygons polygons) {
        double steps = 0;
        for (List<double[]> points : polygons.all()) {
            steps += PolygonWork.steps(points);
            if (steps > MAX_STEPS) {
                throw wrong(
                        file,
                        "its polygons are too many, too large or too tangled to be filled; draw them on a smaller copy "
                                + "of the image, with fewer points");
            }
        }
    }

    private static void check(Path file, String name, List<List<double[]>> list, Polygons size) {
        for (int i = 0; i < list.size(); i++) {
            List<double[]> points = list.get(i);
            String which = "polygon " + (i + 1) + " of " + name;
            if (points == null || points.size() < MIN_POINTS) {
                throw wrong(
                        file,
                        which + " has " + (points == null ? 0 : points.size()) + " points, fewer than " + MIN_POINTS);
            }
            for (double[] p : points) {
                if (p == null || p.length != 2) {
                    throw wrong(file, which + " has a point of " + (p == null ? 0 : p.length) + " numbers, not [x, y]");
                }
                if (!(p[0] >= 0 && p[0] <= size.width && p[1] >= 0 && p[1] <= size.height)) {
                    throw wrong(
                            file,
                            which + " has the point [" + p[0] + ", " + p[1] + "] outside the image of " + size.width
                                    + "x" + size.height);
                }
            }
        }
    }

    private static void requireShape(Path file, Polygons polygons, RgbImage example) {
        double ratio = (double) polygons.width * example.height() / ((double) polygons.height * example.width());
        if (Math.abs(ratio - 1) > RATIO_TOLERANCE) {
            throw new InputException(file + " is for images of " + polygons.width + "x" + polygons.height
                    + " pixels, but the parts' " + "colour images have " + example.width() + "x" + example.height()
                    + "; give polygons in their pixels");
        }
    }

    private static InputException wrong(Path file, String what) {
        return new InputException(
                file + " is not a region of interest: " + what + "; give an image, white where pixels count, or "
                        + "{\"width\": W, \"height\": H, \"include\": [[[x,y],...],...], \"ignore\": [...]}");
    }

    private static GreyImage filled(Polygons polygons) {
        int width = Math.toIntExact(polygons.width);
        int height = Math.toIntExact(polygons.height);
        byte[] pixels = new byte[width * height];
        OpenCv.load();
        try (PointerScope scope = new PointerScope()) {
            BytePointer data = new BytePointer(pixels.length);
            Mat image = new Mat(height, width, opencv_core.CV_8UC1, data);
            image.put(Scalar.all(polygons.include.isEmpty() ? 255 : 0));
            polygons.include.forEach(points -> fill(image, points, 255));
            polygons.ignore.forEach(points -> fill(image, points, 0));
            data.get(pixels);
        }
        return new GreyImage(width, height, pixels);
    }

    private static void fill(Mat image, List<double[]> points, int value) {
        int[] fixed = new int[2 * points.size()];
        for (int i = 0; i < fixed.length; i++) {
            fixed[i] = (int) Math.round(points.get(i / 2)[i % 2] * (1 << FRACTION_BITS));
        }
        Mat outline = new Mat(points.size(), 1, opencv_core.CV_32SC2, new IntPointer(fixed));
        opencv_imgproc.fillPoly(
                image,
                new MatVector(outline),
                Scalar.all(value),
                opencv_imgproc.LINE_8,
                FRACTION_BITS,
                new Point(0, 0));
    }
}
