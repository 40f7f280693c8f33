package io.trd4j.benchmarks.latency;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.Progress;
import io.trd4j.model.Precision;
import io.trd4j.onnx.OnnxExport;
import io.trd4j.onnx.OnnxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a folder's model as {@code model.onnx}, from prepared images to maps and scores, as {@code trd export --to
 * onnx} does: it is compared with the engine on the timed part first. Arguments: the folder of {@link Inputs}, and fp32
 * or fp16.
 */
public final class ExportGraph {
    private ExportGraph() {}

    public static void main(String[] args) throws IOException {
        Inputs inputs = Inputs.in(Path.of(args[0]));
        OnnxOptions options = OnnxOptions.defaults().withPrecision(Precision.valueOf(args[1].toUpperCase(Locale.ROOT)));
        Dataset parts = Dataset.open(Path.of(args[0]).resolve("part"));
        OnnxExport.run(inputs.model(), parts.train().subList(0, 1), inputs.onnx(), options, Progress.NONE);
    }
}
