package io.trd4j.data.prepare;

import io.trd4j.data.DepthNoise;
import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.io.InputException;
import io.trd4j.model.Geometry;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.Retained;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * How well small dents and bumps show in the normals of a part with each aperture, beside the sensor's noise; see
 * {@link SobelAperture}, whose rule it measures. Used by one thread. Owns native memory.
 */
final class ApertureVisibility implements AutoCloseable {
    /** The apertures, ascending. */
    static final List<Integer> KERNELS = List.of(3, 5, 7);
    /** Height of the relief over the part's range of z. */
    static final double RELIEF = 0.01;
    /**
     * Side of a block, which holds one dent or bump, pixels of the network's input: a position of the teacher's finest
     * features.
     */
    static final int BLOCK = 4;
    /** Contrast that cannot be seen, in units of the normalised input, whose deviation is 57 grey levels. */
    static final double FLOOR = 0.05;

    private static final long NOISE_SEED = 42;

    private final int size;
    private final List<Preparation> preparations = new ArrayList<>();
    private final FloatPointer out;

    /**
     * Visibility on one part.
     *
     * @param blocks of foreground
     * @param noise of z, metres
     * @param bits per aperture, the sum over the blocks
     */
    record Result(int blocks, double noise, double[] bits) {}

    ApertureVisibility(int size) {
        this.size = size;
        for (int kernel : KERNELS) {
            preparations.add(new Preparation(size, Geometry.normals(kernel), ElementType.FLOAT32));
        }
        out = Retained.of(new FloatPointer(3L * size * size));
    }

    /** Measures a part with a point cloud; null when it has no block of foreground. */
    Result of(Part part) {
        int width = part.xyz().width();
        int height = part.xyz().height();
        byte[] foreground = new byte[width * height];
        try (BytePointer mask = new BytePointer((long) foreground.length)) {
            preparations.get(0).second(part, out, mask);
            mask.get(foreground);
        } catch (InputException e) {
            return null; // no foreground: training says so, where the part is one to train on
        }
        List<int[]> blocks = blocks(foreground, width, height);
        if (blocks.isEmpty()) {
            return null;
        }
        float[] xyz = part.xyz().xyz();
        for (int i = 0; i < foreground.length; i++) {
            // The closing fills holes with points that were not measured.
            boolean measured = Float.isFinite(xyz[3 * i + 2]) && xyz[3 * i + 2] != 0;
            foreground[i] = (byte) (foreground[i] != 0 && measured ? 1 : 0);
        }
        double noise = DepthNoise.of(xyz, foreground, width, height);
        Part noisy = Part.of(part.id(), part.rgb(), new PointCloud(width, height, noisy(xyz, foreground, noise)));
        Part dented =
                Part.of(part.id(), part.rgb(), new PointCloud(width, height, dented(xyz, foreground, width, height)));
        double[] bits = new double[KERNELS.size()];
        for (int k = 0; k < bits.length; k++) {
            float[] base = normals(k, part);
            float[] changedByNoise = normals(k, noisy);
            float[] changedByRelief = normals(k, dented);
            for (int[] block : blocks) {
                double signal = change(base, changedByRelief, block);
                bits[k] += 0.5
                        * Math.log(1 + signal / (change(base, changedByNoise, block) + FLOOR * FLOOR))
                        / Math.log(2);
            }
        }
        return new Result(blocks.size(), noise, bits);
    }

    private float[] normals(int k, Part part) {
        preparations.get(k).second(part, out);
        float[] values = new float[3 * size * size];
        out.get(values);
        return values;
    }

    /** Upper left pixels of the blocks whose pixels are all foreground. */
    private List<int[]> blocks(byte[] foreground, int width, int height) {
        List<int[]> blocks = new ArrayList<>();
        for (int y = 0; y + BLOCK <= size; y += BLOCK) {
            for (int x = 0; x + BLOCK <= size; x += BLOCK) {
                boolean all = true;
                for (int i = 0; i < BLOCK * BLOCK && all; i++) {
                    long column = (long) ((x + i % BLOCK + 0.5) * width / size);
                    long row = (long) ((y + i / BLOCK + 0.5) * height / size);
                    all = foreground[(int) (row * width + column)] != 0;
                }
                if (all) {
                    blocks.add(new int[] {x, y});
                }
            }
        }
        return blocks;
    }

    /** Mean squared difference of two images in a block. */
    private double change(float[] one, float[] other, int[] block) {
        double sum = 0;
        for (int y = block[1]; y < block[1] + BLOCK; y++) {
            for (int i = 3 * (y * size + block[0]); i < 3 * (y * size + block[0] + BLOCK); i++) {
                double difference = one[i] - other[i];
                sum += difference * difference;
            }
        }
        return sum / (3 * BLOCK * BLOCK);
    }

    private static float[] noisy(float[] xyz, byte[] foreground, double noise) {
        float[] changed = xyz.clone();
        for (int i = 0; i < foreground.length; i++) {
            if (foreground[i] != 0) {
                changed[3 * i + 2] += (float) (noise * Noise.gaussian(NOISE_SEED, i));
            }
        }
        return changed;
    }

    private float[] dented(float[] xyz, byte[] foreground, int width, int height) {
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (int i = 0; i < foreground.length; i++) {
            if (foreground[i] != 0) {
                low = Math.min(low, xyz[3 * i + 2]);
                high = Math.max(high, xyz[3 * i + 2]);
            }
        }
        double[] across = wave(width);
        double[] down = wave(height);
        float[] changed = xyz.clone();
        for (int i = 0; i < foreground.length; i++) {
            if (foreground[i] != 0) {
                changed[3 * i + 2] += (float) (RELIEF * (high - low) * across[i % width] * down[i / width]);
            }
        }
        return changed;
    }

    /** One dent or bump per block. */
    private double[] wave(int pixels) {
        double[] wave = new double[pixels];
        for (int i = 0; i < pixels; i++) {
            wave[i] = StrictMath.sin(Math.PI * (i + 0.5) * size / ((double) BLOCK * pixels));
        }
        return wave;
    }

    @Override
    public void close() {
        preparations.forEach(Preparation::close);
        out.close();
    }
}
