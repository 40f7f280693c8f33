package io.trd4j.align;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An L-shaped plate with two bosses, drawn from formulas in any pose: 1 mm pixels, a camera 0.4 m above. Places of the
 * part are known in every image.
 */
public final class RigidPart {
    private final int n;
    private final double angle;
    private final double shiftX;
    private final double shiftY;

    /**
     * @param n pixels along each side
     * @param angle radians about the image's centre
     * @param shiftX pixels
     * @param shiftY pixels
     */
    public RigidPart(int n, double angle, double shiftX, double shiftY) {
        this.n = n;
        this.angle = angle;
        this.shiftX = shiftX;
        this.shiftY = shiftY;
    }

    /** Where a place of the part, in shares of the image when it lies straight, is in this image; pixels. */
    public double[] pixel(double x, double y) {
        double u = x * n - n / 2.0;
        double v = y * n - n / 2.0;
        return new double[] {
            Math.cos(angle) * u - Math.sin(angle) * v + n / 2.0 + shiftX - 0.5,
            Math.sin(angle) * u + Math.cos(angle) * v + n / 2.0 + shiftY - 0.5
        };
    }

    private static double edge(double inside) {
        return 1 / (1 + Math.exp(-inside / 0.004));
    }

    private static double box(double x, double y, double left, double top, double right, double bottom) {
        return edge(x - left) * edge(right - x) * edge(y - top) * edge(bottom - y);
    }

    private static double boss(double x, double y, double cx, double cy, double radius) {
        return edge(radius - Math.hypot(x - cx, y - cy));
    }

    /** Height above the table at a place of the part, mm. */
    private static double height(double x, double y) {
        double plate = Math.max(box(x, y, 0.2, 0.25, 0.82, 0.47), box(x, y, 0.2, 0.25, 0.42, 0.8));
        return 6 * plate + 4 * boss(x, y, 0.7, 0.36, 0.07) + 3 * boss(x, y, 0.31, 0.7, 0.05);
    }

    /**
     * @param noise mm of height, and as many hundredths of the grey range
     * @param dent mm that the part is deeper, and no darker, at ({@code dentX}, {@code dentY}), within 5 % of the image
     */
    public Part draw(String id, double noise, double dent, double dentX, double dentY, long seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * n * n];
        float[] xyz = new float[3 * n * n];
        double light = 1 + 0.05 * random.nextGaussian() * noise;
        for (int v = 0; v < n; v++) {
            for (int u = 0; u < n; u++) {
                double dx = u + 0.5 - n / 2.0 - shiftX;
                double dy = v + 0.5 - n / 2.0 - shiftY;
                double x = (Math.cos(angle) * dx + Math.sin(angle) * dy) / n + 0.5;
                double y = (-Math.sin(angle) * dx + Math.cos(angle) * dy) / n + 0.5;
                double h = height(x, y);
                double bright = h;
                double r = Math.hypot(x - dentX, y - dentY) / 0.05;
                h -= r < 1 ? dent * (1 + Math.cos(Math.PI * r)) / 2 : 0;
                h += noise * random.nextGaussian();
                int i = v * n + u;
                for (int c = 0; c < 3; c++) {
                    double grey = (60 + 12 * bright + 10 * c) * light + 2.5 * noise * random.nextGaussian();
                    rgb[3 * i + c] = (byte) Math.max(0, Math.min(255, Math.round(grey)));
                }
                if (random.nextDouble() > 0.01) {
                    xyz[3 * i] = u * 1e-3f;
                    xyz[3 * i + 1] = v * 1e-3f;
                    xyz[3 * i + 2] = (float) (0.4 - 1e-3 * h);
                }
            }
        }
        return Part.of(id, new RgbImage(n, n, rgb), new PointCloud(n, n, xyz));
    }

    /** Normal parts in poses of their own: up to 15 degrees and 4 % of the image. */
    public static List<PartSource> normal(int count, int n, double noise, long seed) {
        Random random = new Random(seed);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RigidPart part = new RigidPart(
                    n,
                    Math.toRadians(30 * random.nextDouble() - 15),
                    0.08 * n * (random.nextDouble() - 0.5),
                    0.08 * n * (random.nextDouble() - 0.5));
            parts.add(part.draw("normal-" + i, noise, 0, 0, 0, random.nextLong()));
        }
        return PartSource.inMemory(parts);
    }

    /** No part: squares of a sixteenth of the width, their greys and heights up to 10 mm at random. */
    public static Part noise(int n, long seed) {
        Random random = new Random(seed);
        double[] heights = random.doubles(256).toArray();
        byte[] rgb = new byte[3 * n * n];
        float[] xyz = new float[3 * n * n];
        for (int i = 0; i < n * n; i++) {
            double height = heights[16 * (i / n * 16 / n) + i % n * 16 / n];
            rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = (byte) (255 * height);
            xyz[3 * i] = i % n * 1e-3f;
            xyz[3 * i + 1] = i / n * 1e-3f;
            xyz[3 * i + 2] = (float) (0.4 - 0.01 * height);
        }
        return Part.of("noise", new RgbImage(n, n, rgb), new PointCloud(n, n, xyz));
    }

    /** A part of no kind: a few round lumps anywhere. */
    public static Part blob(int n, long seed) {
        Random random = new Random(seed);
        double[] lumps = random.doubles(12).toArray();
        byte[] rgb = new byte[3 * n * n];
        float[] xyz = new float[3 * n * n];
        for (int i = 0; i < n * n; i++) {
            double x = (i % n + 0.5) / n;
            double y = (i / n + 0.5) / n;
            double h = 0;
            for (int k = 0; k < lumps.length; k += 3) {
                h += 5 * boss(x, y, 0.2 + 0.6 * lumps[k], 0.2 + 0.6 * lumps[k + 1], 0.04 + 0.1 * lumps[k + 2]);
            }
            rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = (byte) (60 + 10 * h);
            xyz[3 * i] = i % n * 1e-3f;
            xyz[3 * i + 1] = i / n * 1e-3f;
            xyz[3 * i + 2] = (float) (0.4 - 1e-3 * h);
        }
        return Part.of("blob-" + seed, new RgbImage(n, n, rgb), new PointCloud(n, n, xyz));
    }
}
