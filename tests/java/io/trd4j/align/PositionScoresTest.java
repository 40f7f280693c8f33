package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import io.trd4j.ops.Area;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.PositionOps;
import io.trd4j.ops.Workspace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores of positions against the specification's section 9 in double precision. */
final class PositionScoresTest {
    private static final int SIZE = 96;
    private static final int PIXELS = SIZE * SIZE;
    private static final int CAMERA = 128;
    /** Channel, deviation in 256ths, and the deviation of the Gaussian that is taken off. */
    private static final int[][] FILTERS = {{0, 2, 0}, {1, 2, 0}, {2, 2, 0}, {2, 4, 0}, {3, 1, 0}, {3, 2, 0}, {3, 2, 5}
    };

    private static Alignment alignment;

    /** Statistics of 16 parts with random maps: two directions beside the functions of the place. */
    private static Alignment alignment() throws IOException {
        if (alignment == null) {
            List<PartSource> parts = RigidPart.normal(16, CAMERA, 0.05, 1);
            Alignment bare =
                    AlignmentBuilder.of(parts, SIZE, Progress.NONE).alignment().withPositions(null);
            Locator locator = new Locator(bare);
            Random random = new Random(3);
            Alignment.Positions positions;
            try (PositionBuilder builder = new PositionBuilder(bare)) {
                for (PartSource part : parts) {
                    locator.locate(part.load());
                    builder.learn(locator, map(random), map(random));
                }
                positions = builder.build();
            }
            List<float[]> peaks = new ArrayList<>();
            try (PositionScores scores = new PositionScores(bare.withPositions(positions))) {
                for (PartSource part : RigidPart.normal(5, CAMERA, 0.05, 2)) {
                    locator.locate(part.load());
                    peaks.add(scores.peaks(locator, map(random), map(random)));
                }
            }
            positions = PositionBuilder.limits(positions, peaks);
            peaks.clear();
            try (PositionScores scores = new PositionScores(bare.withPositions(positions))) {
                for (PartSource part : RigidPart.normal(5, CAMERA, 0.05, 2)) {
                    locator.locate(part.load());
                    peaks.add(scores.mapPeaks(locator, new float[PIXELS], map(random), map(random)));
                }
            }
            alignment = bare.withPositions(PositionBuilder.mapLimits(positions, peaks));
        }
        return alignment;
    }

    /** The same, of parts whose colours or relief say nothing. */
    private static Alignment comparing(boolean byColour, boolean byRelief) throws IOException {
        Alignment.Positions p = alignment().positions();
        float[] deviation = p.deviation().clone();
        float[] lines = p.lineDeviation().clone();
        if (!byColour) {
            Arrays.fill(deviation, 0, 4 * PIXELS, 0);
            Arrays.fill(lines, 0);
        }
        if (!byRelief) {
            Arrays.fill(deviation, 4 * PIXELS, 7 * PIXELS, 0);
        }
        return alignment()
                .withPositions(new Alignment.Positions(
                        p.basis(), p.cut(), deviation, lines, p.mapMean(), p.mapDeviation(), p.limits()));
    }

    private static float[] map(Random random) {
        float[] map = new float[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            map[i] = (float) (2 + random.nextGaussian());
        }
        return map;
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "true, false", "false, false"})
    void equalTheSpecification(boolean byColour, boolean byRelief) throws IOException {
        Alignment alignment = comparing(byColour, byRelief);
        Locator locator = new Locator(alignment);
        Random random = new Random(8);
        try (PositionScores scores = new PositionScores(alignment)) {
            for (double dent : new double[] {0, 2}) {
                // Partly out of view: what was not seen is not different.
                RigidPart part = new RigidPart(CAMERA, 0.1, dent == 0 ? 2 : 24, -3);
                locator.locate(part.draw("scored", 0.05, dent, 0.31, 0.36, 5));
                float[] rgb = map(random);
                float[] depth = map(random);
                rgb[50 * SIZE + 50] = 400; // beyond what an exponential can hold
                double[][] expected = expected(alignment, locator, rgb, depth);
                float[] combined = new float[PIXELS];
                scores.apply(locator, combined, rgb, depth);
                float[][] found = {combined, rgb, depth};
                for (int m = 0; m < 3; m++) {
                    for (int i = 0; i < PIXELS; i++) {
                        assertEquals(expected[m][i], found[m][i], 1e-4, "map " + m + ", pixel " + i);
                    }
                }
            }
        }
    }

    @Test
    void aRigidPartIsComparedInColoursAndRelief() throws IOException {
        assertTrue(alignment().positions().byColour());
        assertTrue(alignment().positions().byRelief());
    }

    /**
     * 33 normal parts that lie alike; of the first the points of a square are missing, or of all the grey is their own.
     */
    private static Alignment.Positions learnt(boolean gap, boolean textures) throws IOException {
        Alignment bare = alignment().withPositions(null);
        Locator locator = new Locator(bare);
        Random random = new Random(4);
        try (PositionBuilder builder = new PositionBuilder(bare)) {
            for (int p = 0; p < 33; p++) {
                Part part = new RigidPart(CAMERA, 0, 0, 0).draw("normal", 0.05, 0, 0, 0, p);
                byte[] rgb = part.rgb().rgb().clone();
                float[] xyz = part.xyz().xyz().clone();
                double[] greys = random.doubles(32 * 32, -40, 40).toArray();
                for (int i = 0; i < CAMERA * CAMERA; i++) {
                    int x = i % CAMERA;
                    int y = i / CAMERA;
                    if (gap && p == 0 && Math.abs(x - 0.3 * CAMERA) < 7 && Math.abs(y - 0.5 * CAMERA) < 7) {
                        Arrays.fill(xyz, 3 * i, 3 * i + 3, 0);
                    } else if (xyz[3 * i + 2] == 0 && i > 0) { // no other point is missing
                        xyz[3 * i] = xyz[3 * i - 3] + 1e-3f;
                        xyz[3 * i + 1] = xyz[3 * i - 2];
                        xyz[3 * i + 2] = xyz[3 * i - 1];
                    }
                    for (int c = 0; textures && c < 3; c++) {
                        double grey = (rgb[3 * i + c] & 255) + greys[y / 4 * 32 + x / 4];
                        rgb[3 * i + c] = (byte) Math.max(0, Math.min(255, grey));
                    }
                }
                locator.locate(
                        Part.of("normal", new RgbImage(CAMERA, CAMERA, rgb), new PointCloud(CAMERA, CAMERA, xyz)));
                builder.learn(locator, map(random), map(random));
            }
            return builder.build();
        }
    }

    @Test
    void coloursOfPartsWithTexturesOfTheirOwnAreNotCompared() throws IOException {
        Alignment.Positions positions = learnt(false, true);
        assertFalse(positions.byColour());
        assertTrue(positions.byRelief());
    }

    @Test
    void linesAreAsWideAndLongAsSpecified() {
        int size = 256;
        byte[] area = new byte[size * size];
        Arrays.fill(area, (byte) 1);
        float[] frame = {0, 0, 1, 1e-3f, 0.4f, 1};
        Alignment whole = new Alignment(size, 2, frame, new float[4 * 4], new float[4 * size * size], area, null);
        float[] scratch = new float[size * size];
        Arrays.fill(scratch, 100 * size + 60, 100 * size + 90, 1);
        float[] found = new float[12 * size * size];
        float[] expected = new float[found.length];
        try (PositionFilters filters = new PositionFilters(whole);
                Area everywhere = Area.whole(size);
                OpTarget exec = OpTarget.cpu();
                Workspace workspace = PositionOps.lineFilterWorkspace(size, 6);
                FloatPointer in = new FloatPointer(scratch);
                FloatPointer out = new FloatPointer((long) found.length)) {
            filters.set(new float[0], new float[] {9, 9, 9, 9});
            filters.difference(scratch, 0);
            filters.eachLine(out);
            out.get(found);
            PositionOps.lineFilter(exec, in, everywhere, null, out, 1.2, 6, workspace);
            out.get(expected);
        }
        assertArrayEquals(expected, found);
    }

    @Test
    void placesWherePointsComeAndGoCountLess() throws IOException {
        Alignment.Positions steady = learnt(false, false);
        Alignment.Positions unsteady = learnt(true, false);
        float[] frame = alignment().frame();
        int x = (int) ((0.3 - frame[0]) / frame[2] * SIZE);
        int y = (int) ((0.5 - frame[1]) / frame[2] * SIZE);
        int there = y * SIZE + x;
        int elsewhere = (int) ((0.3 - frame[1]) / frame[2] * SIZE) * SIZE + x;
        // One part of 33: v = 1/33 x 32/33, of which 0.02 is usual and from 0.04 on a place counts half.
        double raised = 1 + (1.0 / 33 * 32 / 33 - 0.02) / 0.02;
        assertEquals(raised, unsteady.deviation()[there] / steady.deviation()[there], 0.05, "brightness");
        assertEquals(raised, unsteady.lineDeviation()[there] / steady.lineDeviation()[there], 0.05, "lines");
        assertEquals(
                raised,
                unsteady.deviation()[5 * PIXELS + there] / steady.deviation()[5 * PIXELS + there],
                0.1,
                "relief, of which one part more shows none");
        assertEquals(1, unsteady.deviation()[elsewhere] / steady.deviation()[elsewhere], 0.05);
    }

    @Test
    void aDentIsSeenWhereItIs() throws IOException {
        Locator locator = new Locator(alignment());
        float[][] maps = {new float[PIXELS], new float[PIXELS], new float[PIXELS]};
        double[] highest = new double[2];
        try (PositionScores scores = new PositionScores(alignment())) {
            for (int k = 0; k < 2; k++) {
                RigidPart part = new RigidPart(CAMERA, 0.1, 2, -3);
                locator.locate(part.draw("dented", 0.05, 2 * k, 0.31, 0.36, 5));
                Arrays.fill(maps[1], 2);
                Arrays.fill(maps[2], 2);
                scores.apply(locator, maps[0], maps[1], maps[2]);
                for (float score : maps[2]) {
                    highest[k] = Math.max(highest[k], score);
                }
            }
        }
        assertTrue(highest[1] > highest[0] + 5, "highest with a dent " + highest[1] + ", without " + highest[0]);
    }

    @Test
    void aPartAllocatesNothing() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Locator locator = new Locator(alignment());
        locator.locate(RigidPart.normal(1, CAMERA, 0.05, 2).get(0).load());
        float[] combined = new float[PIXELS];
        float[] rgb = new float[PIXELS];
        float[] depth = new float[PIXELS];
        try (PositionScores scores = new PositionScores(alignment())) {
            for (int i = 0; i < 50; i++) {
                scores.apply(locator, combined, rgb, depth);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 50; i++) {
                scores.apply(locator, combined, rgb, depth);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The smallest of its arrays has more than 4,000 bytes.
            assertTrue(allocated < 50 * 1000, allocated + " bytes in 50 parts");
        }
    }

    /** Combined, rgb, depth. */
    private static double[][] expected(Alignment alignment, Locator part, float[] rgb, float[] depth) {
        Alignment.Positions p = alignment.positions();
        double[][] ofMaps = new double[3][PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            double both = 0;
            for (int b = 0; b < 2; b++) {
                float[] map = b == 0 ? rgb : depth;
                double z = ((double) map[i] - p.mapMean()[b * PIXELS + i]) / p.mapDeviation()[b * PIXELS + i];
                ofMaps[b + 1][i] = soft(score(p, b, z));
                both += z;
            }
            ofMaps[0][i] = soft(score(p, 2, both));
        }
        double[][] sums = new double[2][PIXELS];
        double[][] differences = new double[4][];
        for (int c = 0; c < 4; c++) {
            differences[c] = difference(alignment, part, c);
        }
        double[] lines = lines(differences[0], alignment);
        for (int i = 0; i < PIXELS; i++) {
            if (alignment.area()[i] != 0 && p.byColour()) {
                sums[0][i] += soft(score(p, 3 + 4, lines[i]));
            }
        }
        for (int f = 0; f < FILTERS.length; f++) {
            double[] filtered = gaussian(differences[FILTERS[f][0]], FILTERS[f][1] * SIZE / 256.0);
            double[] wide = FILTERS[f][2] == 0
                    ? new double[PIXELS]
                    : gaussian(differences[FILTERS[f][0]], FILTERS[f][2] * SIZE / 256.0);
            for (int i = 0; i < PIXELS; i++) {
                if (alignment.area()[i] != 0 && (f < 4 ? p.byColour() : p.byRelief())) {
                    double z = Math.abs(filtered[i] - wide[i]) / p.deviation()[f * PIXELS + i];
                    sums[f < 4 ? 0 : 1][i] += soft(score(p, 3 + (f < 4 ? f : f + 1), z));
                }
            }
        }
        double[][] maps = new double[3][PIXELS];
        for (int m = 0; m < 3; m++) {
            for (int i = 0; i < PIXELS; i++) {
                maps[m][i] = 2 * Math.log(ofMaps[m][i] + (m == 0 ? sums[0][i] + sums[1][i] : sums[m - 1][i]));
            }
            maps[m] = gaussian(maps[m], SIZE / 256.0);
            for (int i = 0; i < PIXELS; i++) {
                maps[m][i] = score(p, 11 + m, maps[m][i]);
            }
        }
        return maps;
    }

    /** The highest of twelve directions, in deviations: second differences across, averaged along. */
    private static double[] lines(double[] difference, Alignment alignment) {
        double[] smooth = gaussian(difference, 1); // 1.2 * 96 / 256 is less than the least
        double along = 4;
        int radius = (int) Math.ceil(2 * along / 2); // two deviations, in steps of two pixels
        double[] highest = new double[PIXELS];
        for (int d = 0; d < 12; d++) {
            double c = Math.cos(Math.PI * d / 12);
            double s = Math.sin(Math.PI * d / 12);
            double[] bent = new double[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                double[][] g = new double[3][3];
                for (int v = 0; v < 3; v++) {
                    for (int u = 0; u < 3; u++) {
                        g[v][u] = smooth[mirrored(i / SIZE + v - 1) * SIZE + mirrored(i % SIZE + u - 1)];
                    }
                }
                double xx = g[1][0] - 2 * g[1][1] + g[1][2];
                double yy = g[0][1] - 2 * g[1][1] + g[2][1];
                double xy = (g[0][0] + g[2][2] - g[0][2] - g[2][0]) / 4;
                bent[i] = -(s * s * xx - 2 * c * s * xy + c * c * yy);
            }
            for (int i = 0; i < PIXELS; i++) {
                double sum = 0;
                double weights = 0;
                for (int t = -radius; t <= radius; t++) {
                    double weight = Math.exp(-0.5 * (2 * t / along) * (2 * t / along));
                    int x = i % SIZE + (int) Math.rint(2 * t * c);
                    int y = i / SIZE + (int) Math.rint(2 * t * s);
                    weights += weight;
                    if (x >= 0 && x < SIZE && y >= 0 && y < SIZE) {
                        sum += weight * bent[y * SIZE + x];
                    }
                }
                double deviation = alignment.positions().lineDeviation()[d * PIXELS + i];
                highest[i] = Math.max(highest[i], Math.abs(sum / weights) / deviation);
            }
        }
        return highest;
    }

    private static double score(Alignment.Positions p, int channel, double z) {
        return 4 + (z - p.limits()[2 * channel]) / p.limits()[2 * channel + 1];
    }

    private static double soft(double score) {
        return Math.exp(Math.min(score, 150) / 2);
    }

    /** In float, as the difference of two of them is: on this part, with little noise, their rounding shows. */
    private static float value(float[] planar, int channel, int i) {
        float red = planar[i];
        float green = planar[PIXELS + i];
        float blue = planar[2 * PIXELS + i];
        return switch (channel) {
            case 0 -> (red + green + blue) / 3;
            case 1 -> red - green;
            case 2 -> (red + green) / 2 - blue;
            default -> planar[3 * PIXELS + i];
        };
    }

    /** Of a channel from the mean part, cut, less its robust fit; 0 beyond the area. */
    private static double[] difference(Alignment alignment, Locator part, int channel) {
        List<Integer> area = new ArrayList<>();
        for (int i = 0; i < PIXELS; i++) {
            if (alignment.area()[i] != 0) {
                area.add(i);
            }
        }
        int n = area.size();
        boolean[] seen = channel == 3 ? part.measured() : part.seen();
        float cut = alignment.positions().cut()[channel];
        int functions = alignment.positions().functions(SIZE);
        double[][] basis = new double[functions][n];
        double[] y = new double[n];
        for (int k = 0; k < n; k++) {
            int i = area.get(k);
            float raw = value(part.channels(), channel, i) - value(alignment.mean(), channel, i);
            y[k] = seen[i] ? Math.max(-cut, Math.min(cut, raw)) : 0;
            for (int f = 0; f < functions; f++) {
                basis[f][k] = alignment.positions().basis()[(channel * functions + f) * PIXELS + i];
            }
        }
        double[] fit = new double[n];
        for (int round = 0; round <= 4; round++) {
            double limit = Double.POSITIVE_INFINITY;
            if (round > 0) {
                double[] sample = new double[(n + 15) / 16];
                for (int k = 0; k < n; k += 16) {
                    sample[k / 16] = Math.abs(y[k] - fit[k]);
                }
                Arrays.sort(sample);
                limit = 2 * 1.4826 * sample[sample.length / 2];
            }
            double[] next = new double[n];
            for (double[] function : basis) {
                double coefficient = 0;
                for (int k = 0; k < n; k++) {
                    coefficient += function[k] * (fit[k] + Math.max(-limit, Math.min(limit, y[k] - fit[k])));
                }
                for (int k = 0; k < n; k++) {
                    next[k] += coefficient * function[k];
                }
            }
            fit = next;
        }
        double[] dense = new double[PIXELS];
        for (int k = 0; k < n; k++) {
            dense[area.get(k)] = seen[area.get(k)] && y[k] != 0 ? y[k] - fit[k] : 0;
        }
        return dense;
    }

    private static double[] gaussian(double[] image, double deviation) {
        int radius = (int) Math.ceil(4 * deviation);
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int j = -radius; j <= radius; j++) {
            weights[j + radius] = Math.exp(-0.5 * j * j / (deviation * deviation));
            sum += weights[j + radius];
        }
        double[] across = new double[PIXELS];
        double[] out = new double[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            for (int j = -radius; j <= radius; j++) {
                across[i] += weights[j + radius] / sum * image[i / SIZE * SIZE + mirrored(i % SIZE + j)];
            }
        }
        for (int i = 0; i < PIXELS; i++) {
            for (int j = -radius; j <= radius; j++) {
                out[i] += weights[j + radius] / sum * across[mirrored(i / SIZE + j) * SIZE + i % SIZE];
            }
        }
        return out;
    }

    private static int mirrored(int i) {
        return i < 0 ? -i : i >= SIZE ? 2 * SIZE - 2 - i : i;
    }
}
