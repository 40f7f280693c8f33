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
import java.util.List;
import java.util.Set;

/**
 * A few normal parts at the size of the maps, kept in the model file so that the region of a defect can be compared
 * with what a normal part shows at that place. Not used for scores, maps or verdicts.
 *
 * @param size S
 * @param rgb per part S x S x 3 mean colours, 0 to 255
 * @param relief per part S x S heights above the plane below the part, millimetres, towards the camera; NaN where no
 *     point was measured
 */
public record NormalImages(int size, List<byte[]> rgb, List<float[]> relief) {
    /** More are not worth their time: alignment with each is paid for by every part that has a region. */
    public static final int MAX_PARTS = 6;

    static final String RGB = "normal_images.rgb";
    static final String RELIEF = "normal_images.relief";
    static final Set<String> NAMES = Set.of(RGB, RELIEF);

    public NormalImages {
        rgb = List.copyOf(rgb);
        relief = List.copyOf(relief);
        int pixels = size * size;
        if (rgb.isEmpty()
                || rgb.size() != relief.size()
                || rgb.size() > MAX_PARTS
                || rgb.stream().anyMatch(part -> part.length != 3 * pixels)
                || relief.stream().anyMatch(part -> part.length != pixels)) {
            throw new IllegalArgumentException("normal images must be 1 to " + MAX_PARTS + ", each of " + size + "x"
                    + size + " colours and heights");
        }
    }

    /** How many. */
    public int count() {
        return rgb.size();
    }

    /** As a model file has them. */
    public List<SafetensorsWriter.Source> sources() {
        int pixels = size * size;
        long n = count();
        ByteBuffer colours = ByteBuffer.allocate(count() * 3 * pixels);
        rgb.forEach(colours::put);
        ByteBuffer heights = ByteBuffer.allocate(count() * Float.BYTES * pixels).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] part : relief) {
            heights.asFloatBuffer().put(part);
            heights.position(heights.position() + Float.BYTES * pixels);
        }
        return List.of(
                new SafetensorsWriter.Source(
                        new TensorInfo(RGB, TensorType.U8, List.of(n, (long) size, (long) size, 3L)), colours::rewind),
                new SafetensorsWriter.Source(
                        new TensorInfo(RELIEF, TensorType.F32, List.of(n, (long) size, (long) size)), heights::rewind));
    }

    /** Those of a model file that {@link ModelFile#open} found sound; null when it has none. */
    static NormalImages read(Safetensors file, int size) throws IOException {
        if (!file.has(RGB)) {
            return null;
        }
        int pixels = size * size;
        int count = Math.toIntExact(file.info(RGB).shape().get(0));
        byte[][] rgb = new byte[count][3 * pixels];
        float[][] relief = new float[count][pixels];
        for (int i = 0; i < count; i++) {
            file.read(RGB, (long) i * 3 * pixels, ByteBuffer.wrap(rgb[i]));
            ByteBuffer heights = ByteBuffer.allocate(Float.BYTES * pixels).order(ByteOrder.LITTLE_ENDIAN);
            file.read(RELIEF, (long) i * Float.BYTES * pixels, heights);
            heights.rewind().asFloatBuffer().get(relief[i]);
            for (float height : relief[i]) {
                if (Float.isInfinite(height)) {
                    throw new InputException(
                            file.path() + " is not a sound model: " + RELIEF + " holds an infinite height");
                }
            }
        }
        return new NormalImages(size, List.of(rgb), List.of(relief));
    }

    /** @throws InputException when one of the two tensors is missing, or their shapes are not those of some parts */
    static void check(Path file, int size, List<TensorInfo> found) {
        if (found.isEmpty()) {
            return;
        }
        long s = size;
        long count = found.get(0).shape().isEmpty() ? 0 : found.get(0).shape().get(0);
        Set<TensorInfo> expected = Set.of(
                new TensorInfo(RGB, TensorType.U8, List.of(count, s, s, 3L)),
                new TensorInfo(RELIEF, TensorType.F32, List.of(count, s, s)));
        if (count < 1 || count > MAX_PARTS || !expected.equals(Set.copyOf(found))) {
            throw new InputException(file + " is not a sound model: " + RGB + " and " + RELIEF + " are not 1 to "
                    + MAX_PARTS + " parts of " + size + "x" + size + " colours and heights");
        }
    }
}
