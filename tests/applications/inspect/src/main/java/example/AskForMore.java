package example;

import io.trd4j.bench.BenchOptions;
import io.trd4j.bench.BenchRun;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.data.ColorLayout;
import io.trd4j.data.PartSource;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.MissingLibraryException;
import io.trd4j.io.Progress;
import io.trd4j.model.Backbone;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.tensorfile.TorchFile;
import io.trd4j.report.HeatMap;
import io.trd4j.train.TrainingOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** Calls what inspection alone does not have: {@code AskForMore MODEL FOLDER}. */
public final class AskForMore {
    private interface Call {
        void run() throws Exception;
    }

    /** One grey pixel. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

    private AskForMore() {}

    public static void main(String[] arguments) throws Exception {
        Path model = Path.of(arguments[0]);
        Path folder = Path.of(arguments[1]);
        List<PartSource> parts = PartSource.inMemory(List.of(InspectPart.part(ColorLayout.RGB8)));
        Path png = Files.write(folder.resolve("a.png"), Base64.getDecoder().decode(PNG));
        ask("train", TrainingOptions::defaults);
        ask("calibrate", () -> CalibrationRun.run(model, parts, 1, Progress.NONE));
        ask("teacher", () -> TeacherWeights.load(TeacherWeights.EMBEDDED, Backbone.RESNET18));
        ask("checkpoint", () -> TorchFile.open(model));
        ask("read", () -> ImageReader.readRgb(png));
        ask("write", () -> ImageWriter.pngGrey(1, 1, new byte[1]));
        ask("overlay", () -> HeatMap.overlay(InspectPart.part(ColorLayout.RGB8).rgb(), new float[1], 1, 0, 1));
        ask(
                "synth",
                () -> SyntheticParts.write(
                        folder.resolve("plate"), SyntheticProduct.PLATE, 2, 2, 2, 64, 1, done -> {}));
        ask("bench", () -> {
            try (Inspector inspector = Inspector.open(model)) {
                BenchRun.run(inspector, List.of(InspectPart.part(ColorLayout.RGB8)), new BenchOptions(1, 0));
            }
        });
        ask("inspect", () -> Inspector.open(model, InspectorOptions.defaults()).close());
    }

    private static void ask(String call, Call code) throws Exception {
        try {
            code.run();
            System.out.println(call + ": done");
        } catch (MissingLibraryException e) {
            System.out.println(call + ": " + e.getMessage());
        }
    }
}
