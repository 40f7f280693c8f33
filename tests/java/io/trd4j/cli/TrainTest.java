package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.image.PointCloudReader;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What trd train chooses by itself and warns of: apertures, epochs, training parts that are not like the others. */
class TrainTest {
    private static final String OUTLIERS = "trd: these training parts are unlike the others; ";

    @TempDir
    private Path folder;

    private Path category(String name, int seed) throws IOException {
        Cli.here(
                        "synth",
                        "--out",
                        folder.resolve(name),
                        "--shape",
                        "plate",
                        "--train",
                        11,
                        "--validation",
                        3,
                        "--test",
                        7,
                        "--size",
                        64,
                        "--seed",
                        seed)
                .expect(0);
        return folder.resolve(name).resolve("plate");
    }

    private Cli.Outcome train(Path category, Object... more) throws IOException {
        List<Object> args = new ArrayList<>(List.of(
                "train",
                "--data",
                category,
                "--out",
                folder.resolve("m"),
                "--size",
                64,
                "--batch",
                4,
                "--modality",
                "normals"));
        args.addAll(List.of(more));
        return Cli.run(args).expect(0);
    }

    /** Adds a part as no. 011: the first one with a large lump of foreign matter, red and 6 mm high. */
    private static void spoil(Path good) throws IOException {
        RgbImage rgb = ImageReader.readRgb(good.resolve("rgb/000.png"));
        byte[] pixels = rgb.rgb().clone();
        float[] xyz = PointCloudReader.read(good.resolve("xyz/000.tiff")).xyz().clone();
        for (int i = 0; i < rgb.width() * rgb.height(); i++) {
            double away = Math.hypot(i % rgb.width() - 32, i / rgb.width() - 32);
            if (away < 12) {
                pixels[3 * i] = (byte) 220;
                pixels[3 * i + 1] = 40;
                pixels[3 * i + 2] = 40;
                xyz[3 * i + 2] -= (float) (xyz[3 * i + 2] == 0 ? 0 : 0.006 * Math.sqrt(1 - away * away / 144));
            }
        }
        Files.write(good.resolve("rgb/011.png"), ImageWriter.png(new RgbImage(rgb.width(), rgb.height(), pixels)));
        Files.write(good.resolve("xyz/011.tiff"), ImageWriter.tiffXyz(new PointCloud(rgb.width(), rgb.height(), xyz)));
    }

    private static List<String> outliers(Cli.Outcome outcome) {
        return outcome.complaints().stream()
                .filter(line -> line.startsWith(OUTLIERS))
                .toList();
    }

    @Test
    void aDefectiveTrainingPartIsListedAndCleanOnesAreNot() throws IOException {
        Path spoilt = category("spoilt", 5);
        // Of a random teacher's features, students learn too little in six epochs unless the rate stays high.
        Object[] random = {
            "--epochs", 6, "--teacher", "random", "--schedule", "epochs", "--train-precision", "fp32", "--align", "none"
        };
        Cli.Outcome clean = train(spoilt, random);
        assertEquals(List.of(), outliers(clean));
        assertTrue(
                clean.out()
                        .lines()
                        .anyMatch(line -> line.matches("normal kernel [357]: small dents are visible by .*")),
                clean.out());
        assertTrue(
                clean.complaints().stream()
                        .anyMatch(line -> line.startsWith("trd: the model has not converged after 6 epochs: ")),
                clean.err());
        int kernel = Integer.parseInt(clean.out().replaceFirst("(?s).*normal kernel (\\d).*", "$1"));
        try (ModelFile model = ModelFile.open(folder.resolve("m"))) {
            ModelInfo info = model.info();
            assertEquals(kernel, info.geometry().normalKernel());
            assertTrue(
                    info.training().validationLossRgb() > 0 && info.training().validationLossDepth() > 0,
                    info.toString());
        }

        spoil(spoilt.resolve("train/good"));
        // Students of the embedded teacher learn this lump, too, in 10 epochs.
        for (Object[] options : new Object[][] {random, {"--epochs", 10}, {"--epochs", 2}}) {
            List<String> found = outliers(train(spoilt, options));
            assertEquals(1, found.size(), "lines with " + Arrays.toString(options));
            assertTrue(
                    found.get(0)
                            .contains(spoilt.resolve("train/good/rgb/011.png").toString()),
                    found.get(0));
        }
    }
}
