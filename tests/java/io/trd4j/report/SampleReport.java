package io.trd4j.report;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.inspect.Region;
import io.trd4j.inspect.Region.Deciding;
import io.trd4j.inspect.Region.Point;
import io.trd4j.metrics.Evaluation;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.SampleSensitivity;
import io.trd4j.model.Thresholds;
import io.trd4j.report.ReportData.Branch;
import io.trd4j.report.ReportData.CardEntry;
import io.trd4j.report.ReportData.CardSection;
import io.trd4j.report.ReportData.GalleryPart;
import io.trd4j.report.ReportData.Limit;
import io.trd4j.report.ReportData.NextStep;
import io.trd4j.report.ReportData.PartScore;
import io.trd4j.report.ReportData.Run;
import io.trd4j.report.ReportData.Seen;
import io.trd4j.report.ReportData.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A report's data made the way the CLI makes it, from seeded random parts: noisy pictures, blobs as anomaly maps. */
final class SampleReport {
    static final int SIZE = 64;
    static final HeatScale COMBINED = new HeatScale(2, 16);
    static final HeatScale BRANCH = new HeatScale(1, 10);
    static final double NG = 8;
    static final double REVIEW = 6;
    private static final List<String> KINDS = List.of("good", "stain", "dent", "hole");

    private SampleReport() {}

    static ReportData of(int parts, String firstId) {
        Random random = new Random(4);
        List<PartScore> scores = new ArrayList<>();
        List<GalleryPart> gallery = new ArrayList<>();
        float[][][] maps = new float[3][parts][];
        boolean[][] masks = new boolean[parts][SIZE * SIZE];
        boolean[] anomalous = new boolean[parts];
        float[][] partScores = new float[3][parts];
        for (int p = 0; p < parts; p++) {
            String kind = KINDS.get(p % KINDS.size());
            anomalous[p] = !kind.equals("good");
            int x = 14 + random.nextInt(36);
            int y = 14 + random.nextInt(36);
            maps[1][p] =
                    map(random, x, y, kind.equals("stain") || kind.equals("hole") ? 4 + 6 * random.nextFloat() : 0);
            maps[2][p] = map(random, x, y, kind.equals("dent") || kind.equals("hole") ? 4 + 6 * random.nextFloat() : 0);
            maps[0][p] = new float[SIZE * SIZE];
            for (int i = 0; i < SIZE * SIZE; i++) {
                maps[0][p][i] = maps[1][p][i] + maps[2][p][i];
                masks[p][i] = anomalous[p] && Math.hypot(i % SIZE - x, i / SIZE - y) < 6;
            }
            for (int b = 0; b < 3; b++) {
                partScores[b][p] = max(maps[b][p]);
            }
            PartScore score = new PartScore(
                    p == 0 ? firstId : kind + "/" + p,
                    kind,
                    anomalous[p],
                    partScores[0][p],
                    partScores[1][p],
                    partScores[2][p],
                    partScores[0][p] > NG ? "NG" : partScores[0][p] > REVIEW ? "REVIEW" : "OK",
                    10 + random.nextDouble());
            scores.add(score);
            List<Region> regions = !score.verdict().equals("NG")
                    ? List.of()
                    : List.of(new Region(
                            x - 5,
                            y - 5,
                            10,
                            10,
                            List.of(
                                    new Point(x - 5, y - 5),
                                    new Point(x + 5, y - 5),
                                    new Point(x + 5, y + 5),
                                    new Point(x - 5, y + 5)),
                            100,
                            12.5,
                            partScores[0][p],
                            x,
                            y,
                            4,
                            Deciding.DEPTH,
                            -0.25,
                            null));
            gallery.add(GalleryPart.of(
                    score,
                    picture(random, 320, 240),
                    DepthPicture.of(cloud(240, 180)),
                    List.of(maps[0][p], maps[1][p], maps[2][p]),
                    anomalous[p] ? masks[p] : null,
                    SIZE,
                    regions,
                    p == 1 ? List.of("inspected rgb-only", "no depth") : List.of(),
                    COMBINED,
                    BRANCH));
        }
        List<Branch> branches = new ArrayList<>();
        List<String> names = List.of("combined", "rgb", "depth");
        for (int b = 0; b < 3; b++) {
            branches.add(Branch.of(
                    names.get(b), Evaluation.detail(maps[b], partScores[b], masks, anomalous, null, SIZE, SIZE)));
        }
        List<EpochLoss> training = new ArrayList<>();
        for (int e = 1; e <= 30; e++) {
            double rgb = 0.3 + 4 * Math.exp(-e / 6.0);
            double depth = 0.2 + 3 * Math.exp(-e / 4.0);
            training.add(new EpochLoss(rgb, depth, rgb + 0.25, depth + 0.5));
        }
        Run run = new Run(
                "0.1.0",
                "resnet18",
                SIZE,
                "depth",
                42L,
                "cpu, 2 threads",
                "2026-01-01 12:00",
                List.of(new Timing("training", 204.4), new Timing("evaluation", 3.21)));
        return new ReportData(
                "demo: synthetic product",
                run,
                "The teacher's weights are random, not trained on images: "
                        + "expect clearly worse numbers than with an ImageNet teacher.",
                branches,
                null,
                training,
                List.of(
                        new Limit("combined", "NG", NG),
                        new Limit("combined", "REVIEW", REVIEW),
                        new Limit("rgb", "NG", 30)),
                scores,
                List.of(new SkippedPart("test/<dent>/009", "009.png cannot be read")),
                gallery,
                COMBINED,
                BRANCH,
                10.5,
                Seen.of(SampleSensitivity.of(), Thresholds.NONE),
                List.of(new CardSection(
                        "Model",
                        List.of(
                                new CardEntry("file", "model.safetensors"),
                                new CardEntry(null, "Knows normal parts only.")))),
                List.of(
                        new NextStep(
                                "Train on your own parts (MVTec 3D-AD layout, or folders rgb/ and xyz/):",
                                "./trd train --data PARTS --out model.safetensors"),
                        new NextStep(
                                "Inspect one part:",
                                "./trd inspect --model model.safetensors --rgb part.png --xyz part.tiff --out "
                                        + "result")));
    }

    /** A tilted plane with a hole in it, where nothing was measured. */
    static PointCloud cloud(int width, int height) {
        float[] xyz = new float[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            boolean hole = Math.hypot(i % width - width / 2.0, i / width - height / 2.0) < 20;
            xyz[3 * i] = 0.001f * (i % width);
            xyz[3 * i + 1] = 0.001f * (i / width);
            xyz[3 * i + 2] = hole ? 0 : 0.5f + 0.0002f * (i % width);
        }
        return new PointCloud(width, height, xyz);
    }

    /** Smooth background around 0 plus a bump of this height. */
    private static float[] map(Random random, int x, int y, float height) {
        float[] map = new float[SIZE * SIZE];
        double phase = 6 * random.nextDouble();
        for (int i = 0; i < map.length; i++) {
            double distance = Math.hypot(i % SIZE - x, i / SIZE - y);
            map[i] = (float) (1.2 * Math.sin(i % SIZE / 9.0 + phase) * Math.cos(i / SIZE / 7.0 + phase)
                    + 0.2 * random.nextGaussian()
                    + height * Math.exp(-distance * distance / 50));
        }
        return map;
    }

    /**
     * A disc on a dark ground with strong sensor noise, which hardly compresses: the worst case for the file's size.
     */
    private static RgbImage picture(Random random, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            boolean disc = Math.hypot(i % width - width / 2.0, i / width - height / 2.0) < 105;
            for (int c = 0; c < 3; c++) {
                double value = (disc ? 190 - 45 * c : 40) + 25 * random.nextGaussian();
                rgb[3 * i + c] = (byte) Math.max(0, Math.min(255, value));
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private static float max(float[] map) {
        float max = map[0];
        for (float value : map) {
            max = Math.max(max, value);
        }
        return max;
    }
}
