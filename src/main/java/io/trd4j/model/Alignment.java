package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A mean normal part, onto which a model's parts are laid before the network sees them, and how normal parts differ at
 * each of its positions (specification, section 9). Arrays belong to this object and are not changed.
 *
 * @param size S
 * @param view V, pixels along each side of the image in which a part is looked for
 * @param frame the square of a whole image that is the network's input: left, top and side in shares of the image; then
 *     the distance of neighbouring pixels of a row and that of the plane below the part, metres, 0 without points; then
 *     the height of an image over its width, in lengths: by it, the distance along columns is another
 * @param whole V x V x 4: mean red, green, blue (0 to 255) and relief (mm, NaN = not measured) of whole images
 * @param mean 4 x S x S: the same in the frame, without gaps
 * @param area S x S, 1 = belongs to the part; all 0 = parts are {@linkplain #crops cropped} only
 * @param positions null before they are measured
 */
public record Alignment(
        int size, int view, float[] frame, float[] whole, float[] mean, byte[] area, Positions positions) {
    /** Channels of an image: red, green, blue, relief. */
    public static final int CHANNELS = 4;

    /** Numbers of a frame. */
    public static final int FRAME = 6;

    /** Numbers of a frame in older models, which took every image for a square. */
    private static final int SQUARE_FRAME = 5;

    private static final String PREFIX = "alignment.";

    /**
     * Statistics of normal parts at each position of the frame.
     *
     * @param basis 4 x K x S x S: orthonormal on the area, per channel (brightness, red minus green, yellow minus blue,
     *     relief): by these, normal parts differ from the mean everywhere at once
     * @param cut 4: per channel, the largest difference that counts
     * @param deviation 7 x S x S: standard deviations of the seven blurred differences, four of the colours and three
     *     of the relief; all 0 = colours, or the relief, are not compared
     * @param lineDeviation 12 x S x S: of lines in the brightness's difference, per direction; 0 where colours are not
     *     compared
     * @param mapMean 2 x S x S: means of the calibrated maps of both branches over normal parts
     * @param mapDeviation their standard deviations
     * @param limits 14 x 2: of each branch's map, of their sum, of each filtered difference and each of the three
     *     joined maps the highest place on a normal part, the median and by how much the 84th percentile is above it
     */
    public record Positions(
            float[] basis,
            float[] cut,
            float[] deviation,
            float[] lineDeviation,
            float[] mapMean,
            float[] mapDeviation,
            float[] limits) {
        /** Differences blurred by Gaussians: four of the colours, three of the relief. */
        public static final int BLURS = 7;

        private static final int COLOUR_BLURS = 4;

        /** Filtered differences: four of the colours and lines, three of the relief. */
        public static final int FILTERS = BLURS + 1;

        /** Directions in which lines are looked for. */
        public static final int DIRECTIONS = 12;

        /** Branches' maps before the filters. */
        public static final int MAPS = 2;

        /** Scales: of these maps, their sum and filters, and of the combined map and both branches' made of them. */
        public static final int LIMITS = MAPS + 1 + FILTERS + 3;

        /** Whether colours are compared with the mean part's. */
        public boolean byColour() {
            return counts(0, COLOUR_BLURS);
        }

        /** Whether the relief is compared with the mean part's. */
        public boolean byRelief() {
            return counts(COLOUR_BLURS, BLURS);
        }

        private boolean counts(int first, int end) {
            int pixels = deviation.length / BLURS;
            for (int i = first * pixels; i < end * pixels; i++) {
                if (deviation[i] > 0) {
                    return true;
                }
            }
            return false;
        }

        /** The same with other statistics of the branches' maps and other limits. */
        public Positions with(float[] newMapMean, float[] newMapDeviation, float[] newLimits) {
            return new Positions(basis, cut, deviation, lineDeviation, newMapMean, newMapDeviation, newLimits);
        }

        /** Functions per channel. */
        public int functions(int size) {
            return basis.length / (CHANNELS * size * size);
        }
    }

    /** Sizes of all arrays must fit. */
    public Alignment {
        long pixels = (long) size * size;
        require(frame.length == FRAME, "frame");
        require(whole.length == CHANNELS * (long) view * view, "whole");
        require(mean.length == CHANNELS * pixels, "mean");
        require(area.length == pixels, "area");
        if (positions != null) {
            require(positions.basis.length % (CHANNELS * pixels) == 0, "basis");
            require(positions.cut.length == CHANNELS, "cut");
            require(positions.deviation.length == Positions.BLURS * pixels, "deviation");
            require(positions.lineDeviation.length == Positions.DIRECTIONS * pixels, "line_deviation");
            require(positions.mapMean.length == Positions.MAPS * pixels, "map_mean");
            require(positions.mapDeviation.length == Positions.MAPS * pixels, "map_deviation");
            require(positions.limits.length == 2L * Positions.LIMITS, "limits");
        }
    }

    private static void require(boolean fits, String name) {
        if (!fits) {
            throw new IllegalArgumentException(PREFIX + name + " has another length than its shape");
        }
    }

    /**
     * Of parts that are not laid onto a mean one: a square of one size is cut out around each.
     *
     * @param frame its side counts, and what follows it
     * @param whole a normal part's whole image
     */
    public static Alignment cropping(int size, int view, float[] frame, float[] whole) {
        int pixels = size * size;
        return new Alignment(size, view, frame, whole, new float[CHANNELS * pixels], new byte[pixels], null);
    }

    /** Whether parts are only cropped: there is no mean part, and there are no positions. */
    public boolean crops() {
        for (byte cell : area) {
            if (cell != 0) {
                return false;
            }
        }
        return true;
    }

    /** The same with what is usual at each position. */
    public Alignment withPositions(Positions measured) {
        return new Alignment(size, view, frame, whole, mean, area, measured);
    }

    /** As a model file has them. */
    public List<SafetensorsWriter.Source> sources() {
        return tensors(size, view, positions == null ? 0 : positions.functions(size)).stream()
                .map(t -> new SafetensorsWriter.Source(t, () -> bytes(t.name().substring(PREFIX.length()))))
                .toList();
    }

    /** @param functions of the positions; 0 = there are none */
    private static List<TensorInfo> tensors(long size, long view, long functions) {
        List<TensorInfo> tensors = new ArrayList<>(List.of(
                floats("frame", FRAME),
                floats("whole", view, view, CHANNELS),
                floats("mean", CHANNELS, size, size),
                new TensorInfo(PREFIX + "area", TensorType.U8, List.of(size, size))));
        if (functions > 0) {
            tensors.addAll(List.of(
                    floats("basis", CHANNELS, functions, size, size),
                    floats("cut", CHANNELS),
                    floats("deviation", Positions.BLURS, size, size),
                    floats("line_deviation", Positions.DIRECTIONS, size, size),
                    floats("map_mean", Positions.MAPS, size, size),
                    floats("map_deviation", Positions.MAPS, size, size),
                    floats("limits", Positions.LIMITS, 2)));
        }
        return tensors;
    }

    private static TensorInfo floats(String name, long... shape) {
        return new TensorInfo(
                PREFIX + name, TensorType.F32, Arrays.stream(shape).boxed().toList());
    }

    private ByteBuffer bytes(String name) {
        if (name.equals("area")) {
            return ByteBuffer.wrap(area);
        }
        float[] values = switch (name) {
            case "frame" -> frame;
            case "whole" -> whole;
            case "mean" -> mean;
            case "basis" -> positions.basis;
            case "cut" -> positions.cut;
            case "deviation" -> positions.deviation;
            case "line_deviation" -> positions.lineDeviation;
            case "map_mean" -> positions.mapMean;
            case "map_deviation" -> positions.mapDeviation;
            case "limits" -> positions.limits;
            default -> throw new IllegalArgumentException(name);
        };
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /** Whether a tensor of a model file is one of these. */
    static boolean owns(String name) {
        return name.startsWith(PREFIX);
    }

    /** That of a model file that {@link #check} found sound; null when it has none. */
    static Alignment read(Safetensors file, int size) throws IOException {
        if (!file.has(PREFIX + "whole")) {
            return null;
        }
        int view = Math.toIntExact(file.info(PREFIX + "whole").shape().get(0));
        byte[] area = new byte[size * size];
        file.read(PREFIX + "area", 0, ByteBuffer.wrap(area));
        Positions positions = !file.has(PREFIX + "basis")
                ? null
                : new Positions(
                        read(file, "basis"),
                        read(file, "cut"),
                        read(file, "deviation"),
                        read(file, "line_deviation"),
                        read(file, "map_mean"),
                        read(file, "map_deviation"),
                        read(file, "limits"));
        float[] frame = read(file, "frame");
        if (frame.length == SQUARE_FRAME) {
            frame = Arrays.copyOf(frame, FRAME);
            frame[SQUARE_FRAME] = 1;
        }
        Alignment alignment =
                new Alignment(size, view, frame, read(file, "whole"), read(file, "mean"), area, positions);
        if (!alignment.sound()) {
            throw new InputException(file.path() + " is not a sound model: values of its tensors " + PREFIX
                    + "* are not finite, or no deviations");
        }
        return alignment;
    }

    private boolean sound() {
        boolean sound = finite(frame) && frame[2] > 0 && frame[2] <= 1 && frame[5] > 0 && finite(mean);
        for (float value : whole) {
            sound &= !Float.isInfinite(value);
        }
        if (positions != null) {
            sound &= finite(positions.basis)
                    && notNegative(positions.cut)
                    && notNegative(positions.deviation)
                    && notNegative(positions.lineDeviation)
                    && finite(positions.mapMean)
                    && notNegative(positions.mapDeviation)
                    && finite(positions.limits);
            for (int i = 1; i < positions.limits.length; i += 2) {
                sound &= positions.limits[i] > 0;
            }
        }
        return sound;
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean notNegative(float[] values) {
        for (float value : values) {
            if (!(value >= 0) || value == Float.POSITIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    private static float[] read(Safetensors file, String name) throws IOException {
        long count = 1;
        for (long d : file.info(PREFIX + name).shape()) {
            count *= d;
        }
        float[] values = new float[Math.toIntExact(count)];
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        file.read(PREFIX + name, 0, bytes);
        bytes.rewind().asFloatBuffer().get(values);
        return values;
    }

    /** @throws InputException when tensors are missing, unknown, or their shapes do not fit */
    static void check(Path file, int size, List<TensorInfo> found) {
        if (found.isEmpty()) {
            return;
        }
        Map<String, TensorInfo> named = new LinkedHashMap<>();
        found.forEach(t -> named.put(t.name(), t));
        int view = dimension(named.get(PREFIX + "whole"), 0, ModelInfo.MAX_SIZE);
        if (named.containsKey(PREFIX + "limits") && !named.containsKey(PREFIX + "line_deviation")) {
            throw new InputException(file + " was aligned by an earlier version of trd4j, which did not look for lines;"
                    + " train the model again");
        }
        boolean measured = named.containsKey(PREFIX + "basis");
        int functions = measured ? dimension(named.get(PREFIX + "basis"), 1, 64) : 1;
        if (view < 1 || functions < 1) {
            throw unsound(file);
        }
        Set<TensorInfo> expected = new HashSet<>(tensors(size, view, measured ? functions : 0));
        TensorInfo square = floats("frame", SQUARE_FRAME);
        if (found.contains(square)) {
            expected.remove(floats("frame", FRAME));
            expected.add(square);
        }
        if (!expected.equals(Set.copyOf(found))) {
            throw unsound(file);
        }
    }

    private static InputException unsound(Path file) {
        return new InputException(file + " is not a sound model: its tensors " + PREFIX
                + "* are incomplete or have other shapes than its size asks for");
    }

    private static int dimension(TensorInfo tensor, int index, int most) {
        long d = tensor == null || tensor.shape().size() <= index
                ? 0
                : tensor.shape().get(index);
        return d > most ? 0 : (int) d;
    }
}
