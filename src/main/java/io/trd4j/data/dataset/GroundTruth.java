package io.trd4j.data.dataset;

import io.trd4j.data.GreyImage;
import io.trd4j.data.image.ImageChecks;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.StoredImage;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * The pixels that an image marks, such as a ground-truth mask: as a rule those above half of full scale. Masks come in
 * other forms too, of which the image tells which it is; none is understood in part.
 *
 * @param file where it was read
 * @param marks of the image's size, above half where it marks
 * @param form how it was understood
 * @param values of the image, for messages: {@code 0 and 1}
 */
public record GroundTruth(Path file, GreyImage marks, Form form, String values) {
    /** How an image says which pixels it marks. */
    public enum Form {
        /** Bright ones, above half of full scale. */
        BRIGHT("pixels above half of full scale mark"),
        /** A value is the number of a class: some regions have only small ones. */
        LABELS("every value except 0 marks"),
        /** Fewer bits are used than a sample has: half of the largest value. */
        SCALED("pixels above half of the largest value mark"),
        COLOURS("every colour except black marks"),
        /** There is no black: the colour of most of the border is the background. */
        COLOURS_ON_BACKGROUND("every colour except that of the border marks"),
        /** Colours have edges or noise. */
        BRIGHT_COLOURS("colours of which a channel is above half of full scale mark"),
        OPAQUE("opaque pixels mark");

        private final String rule;

        Form(String rule) {
            this.rule = rule;
        }

        /** In words, after which the defect may follow. */
        public String rule() {
            return rule;
        }
    }

    /** More values than classes have: then they are brightness, with soft edges. */
    private static final int MAX_LABELS = 32;

    private static final int MAX_COLOURS = 64;
    /** Difference of channels, of 255, that JPEG's noise does not reach in a grey image. */
    private static final int COLOURED = 48;
    /** Of 255: what JPEG makes of black beside white. */
    private static final int NOISE = 32;

    private static final int MARKED = 255;

    /**
     * Reads a mask: PNG, JPEG, TIFF or BMP, of 8 or 16 bits, grey, in colours or with an alpha channel.
     *
     * @throws InputException when the file is missing, damaged, a picture that marks nothing, or larger than the memory
     */
    public static GroundTruth read(Path file) throws IOException {
        return ImageChecks.read(file, () -> of(ImageReader.stored(file)));
    }

    /** The same of an image in memory. */
    public static GroundTruth of(StoredImage image) {
        Colours colours = new Colours(image, false);
        if (image.channels() == 4 && !constant(image, 3)) {
            if (constant(image, 0) && constant(image, 1) && constant(image, 2)) {
                return grey(image, opacity(image), Form.OPAQUE);
            }
            colours = new Colours(image, true);
            if (colours.allBlack()) {
                return grey(image, opacity(image), Form.OPAQUE); // black marks on what is transparent
            }
        }
        int spread = colours.spread();
        if (spread == 0) {
            return grey(image, values(image, colours::blue), Form.BRIGHT);
        }
        if (spread * 255L <= COLOURED * (long) image.full()) {
            return bright(image, values(image, colours::weighted), Form.BRIGHT);
        }
        return coloured(image, colours);
    }

    /**
     * An image's colours, each made when it is asked for: a copy of the channels of a large mask would take gigabytes.
     *
     * @param onBlack whether they are what is seen through its alpha channel, on black
     */
    private record Colours(StoredImage image, boolean onBlack) {
        /** Of a pixel; a grey image's channels are equal. */
        private int at(int pixel, int channel) {
            int first = pixel * image.channels();
            int value = image.at(image.channels() == 1 ? first : first + channel);
            return onBlack ? (int) ((long) value * image.at(first + 3) / image.full()) : value;
        }

        int blue(int pixel) {
            return at(pixel, 0);
        }

        int brightest(int pixel) {
            return Math.max(at(pixel, 0), Math.max(at(pixel, 1), at(pixel, 2)));
        }

        private int darkest(int pixel) {
            return Math.min(at(pixel, 0), Math.min(at(pixel, 1), at(pixel, 2)));
        }

        /** Of 8 bits, as Pillow's {@code convert("L")}. */
        int weighted(int pixel) {
            int shift = image.full() > 255 ? 8 : 0;
            return (at(pixel, 2) >> shift) * 19595
                            + (at(pixel, 1) >> shift) * 38470
                            + (at(pixel, 0) >> shift) * 7471
                            + 0x8000
                    >> 16;
        }

        /** Equal for equal colours alone; 0 is black. */
        long packed(int pixel) {
            return (long) at(pixel, 2) << 32 | (long) at(pixel, 1) << 16 | at(pixel, 0);
        }

        boolean allBlack() {
            for (int i = 0; i < pixels(image); i++) {
                if (brightest(i) != 0) {
                    return false;
                }
            }
            return true;
        }

        /** The largest difference of a pixel's channels. */
        int spread() {
            int spread = 0;
            for (int i = 0; i < pixels(image); i++) {
                spread = Math.max(spread, brightest(i) - darkest(i));
            }
            return spread;
        }
    }

    /** Whether it marks anything at its own size. */
    public boolean any() {
        for (byte pixel : marks.pixels()) {
            if (pixel < 0) {
                return true;
            }
        }
        return false;
    }

    /** At {@code size x size}, row by row: true where it marks (SPEC section 5). Small marks may be gone. */
    public boolean[] at(int size) {
        return Preparation.aboveHalf(marks, size);
    }

    private static int pixels(StoredImage image) {
        return image.width() * image.height();
    }

    private static int[] values(StoredImage image, IntUnaryOperator ofPixel) {
        int[] values = new int[pixels(image)];
        Arrays.setAll(values, ofPixel);
        return values;
    }

    private static int[] opacity(StoredImage image) {
        return values(image, i -> image.at(i * image.channels() + 3));
    }

    private static boolean constant(StoredImage image, int channel) {
        for (int p = channel; p < image.samples().length; p += image.channels()) {
            if (image.at(p) != image.at(channel)) {
                return false;
            }
        }
        return true;
    }

    private static GroundTruth coloured(StoredImage image, Colours colours) {
        Map<Long, Integer> border = new HashMap<>();
        List<Integer> borderBrightness = new ArrayList<>();
        TreeSet<Long> different = new TreeSet<>();
        long before = -1;
        for (int i = 0; i < pixels(image); i++) {
            long colour = colours.packed(i);
            if (colour != before && different.size() <= MAX_COLOURS) {
                different.add(colour);
            }
            before = colour;
            int x = i % image.width();
            int y = i / image.width();
            if (x == 0 || y == 0 || x == image.width() - 1 || y == image.height() - 1) {
                border.merge(colour, 1, Integer::sum);
                borderBrightness.add(colours.brightest(i));
            }
        }
        boolean few = different.size() <= MAX_COLOURS && !image.lossy();
        long most = border.entrySet().stream()
                .max(Map.Entry.<Long, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
        boolean black = few && different.contains(0L);
        borderBrightness.sort(null);
        if (!few && borderBrightness.get(borderBrightness.size() / 2) * 255L > (long) NOISE * image.full()) {
            throw new InputException(
                    image.file() + " is a picture in colours on a background that is not black, no mask; "
                            + "save the mask as a PNG, white where the defect is and black elsewhere");
        }
        if (few && !black) {
            int[] marked = values(image, i -> colours.packed(i) != most ? image.full() : 0);
            return grey(image, marked, Form.COLOURS_ON_BACKGROUND);
        }
        int[] value = values(image, colours::brightest);
        return few ? grey(image, value, Form.COLOURS) : bright(image, high(value, image.full()), Form.BRIGHT_COLOURS);
    }

    /** Of one plane, of which 0 is the background. */
    private static GroundTruth grey(StoredImage image, int[] value, Form form) {
        TreeSet<Integer> values = new TreeSet<>();
        int largest = 0;
        int smallest = Integer.MAX_VALUE;
        int before = 0;
        for (int v : value) {
            smallest = Math.min(smallest, v);
            if (v != before && v != 0 && values.size() <= MAX_LABELS) {
                values.add(v);
            }
            largest = Math.max(largest, v);
            before = v;
        }
        // A colour of a palette may be dark: its own largest value is its full scale.
        int full = form == Form.COLOURS ? largest : image.full();
        int half = full / 2;
        // Without a background nothing says which values mark.
        boolean labels = values.size() <= MAX_LABELS && !image.lossy() && smallest == 0;
        if (labels && largest > 0 && (largest <= half || hasDarkRegion(image, value, half))) {
            int[] marks = Arrays.stream(value).map(v -> v == 0 ? 0 : MARKED).toArray();
            return bright(image, marks, form == Form.BRIGHT ? Form.LABELS : form, values(value));
        }
        if (form == Form.COLOURS
                || image.full() > 255 && (largest == 255 || largest == 1023 || largest == 4095 || largest == 16383)) {
            int scale = largest;
            int[] marks = Arrays.stream(value).map(v -> v * MARKED / scale).toArray();
            return bright(image, marks, form == Form.BRIGHT ? Form.SCALED : form, values(value));
        }
        return bright(image, high(value, image.full()), form, values(value));
    }

    /** The 8 highest bits. */
    private static int[] high(int[] value, int full) {
        return full == 255 ? value : Arrays.stream(value).map(v -> v >> 8).toArray();
    }

    private static GroundTruth bright(StoredImage image, int[] marks, Form form) {
        return bright(image, marks, form, values(marks));
    }

    private static GroundTruth bright(StoredImage image, int[] marks, Form form, String values) {
        byte[] pixels = new byte[marks.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) marks[i];
        }
        return new GroundTruth(image.file(), new GreyImage(image.width(), image.height(), pixels), form, values);
    }

    /**
     * Whether any connected region of values above 0 nowhere reaches above half: it would be lost, where the edge of a
     * bright region only gets narrower.
     */
    private static boolean hasDarkRegion(StoredImage image, int[] value, int half) {
        boolean[] seen = new boolean[value.length];
        int[] queue = new int[value.length];
        for (int start = 0; start < value.length; start++) {
            if (value[start] == 0 || seen[start]) {
                continue;
            }
            int largest = 0;
            int end = 0;
            queue[end++] = start;
            seen[start] = true;
            for (int next = 0; next < end; next++) {
                int at = queue[next];
                largest = Math.max(largest, value[at]);
                int x = at % image.width();
                int y = at / image.width();
                for (int ny = Math.max(0, y - 1); ny <= Math.min(image.height() - 1, y + 1); ny++) {
                    for (int nx = Math.max(0, x - 1); nx <= Math.min(image.width() - 1, x + 1); nx++) {
                        int neighbour = ny * image.width() + nx;
                        if (value[neighbour] != 0 && !seen[neighbour]) {
                            seen[neighbour] = true;
                            queue[end++] = neighbour;
                        }
                    }
                }
            }
            if (largest <= half) {
                return true;
            }
        }
        return false;
    }

    /** {@code 0, 1 and 2}, or {@code 0 to 93} when there are many. */
    private static String values(int[] value) {
        TreeSet<Integer> found = new TreeSet<>();
        int smallest = Integer.MAX_VALUE;
        int largest = 0;
        int before = -1;
        for (int v : value) {
            if (v != before && found.size() < 6) {
                found.add(v);
            }
            smallest = Math.min(smallest, v);
            largest = Math.max(largest, v);
            before = v;
        }
        if (found.size() > 5) {
            return smallest + " to " + largest;
        }
        int last = found.pollLast();
        return found.isEmpty()
                ? "" + last
                : found.stream().map(v -> "" + v).collect(Collectors.joining(", ")) + " and " + last;
    }
}
