package io.trd4j.cli;

import io.trd4j.data.image.ImageWriter;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.ModelFile;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.report.RoiText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd roi}: a model's region of interest, shown or written as an image. */
@Command(
        name = "roi",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show a model's region of interest, or write it as an image.",
            "It is set and removed by trd train and trd calibrate, as the calibration depends on it."
        })
final class RoiCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(names = "--show", description = "Show how much of the image counts, as is done in any case.")
    private boolean show;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write a PNG of the model's size, white where pixels count.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        if (!show && out == null) {
            throw new InputException("give --show, or --out to write an image");
        }
        if (out != null) {
            Writable.requireOther("--out", out, "--model", model);
        }
        RegionOfInterest roi;
        try (ModelFile file = ModelFile.open(model)) {
            roi = file.info().regionOfInterest();
        }
        if (out != null && roi == null) {
            throw new InputException(model + " has no region of interest to write; trd calibrate --roi FILE sets one");
        }
        System.out.println(RoiText.of(roi));
        if (out != null) {
            byte[] pixels = new byte[roi.size() * roi.size()];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) (roi.counts(i) ? 255 : 0);
            }
            AtomicFile.write(out, ImageWriter.pngGrey(roi.size(), roi.size(), pixels));
            System.out.println("wrote " + out);
        }
        return 0;
    }
}
