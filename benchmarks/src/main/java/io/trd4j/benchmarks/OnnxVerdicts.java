package io.trd4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.Progress;
import io.trd4j.model.Precision;
import io.trd4j.onnx.OnnxCheck;
import io.trd4j.onnx.OnnxExport;
import io.trd4j.onnx.OnnxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A graph that prepares its inputs, in ONNX Runtime from Java, beside this engine on all test parts of a category.
 * Arguments: model, category, precision (fp32, fp16, int8) and the graph to write. Prints one line of JSON.
 */
public final class OnnxVerdicts {
    private OnnxVerdicts() {}

    public static void main(String[] args) throws IOException {
        Path model = Path.of(args[0]);
        Precision precision = Precision.valueOf(args[2].toUpperCase(Locale.ROOT));
        OnnxOptions options = new OnnxOptions(true, precision);
        OnnxCheck.Result result = OnnxExport.run(
                model, List.copyOf(Dataset.open(Path.of(args[1])).test()), Path.of(args[3]), options, Progress.NONE);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("graph", args[3]);
        line.put("parts", result.parts());
        line.put("equal_verdicts", result.parts() - result.others().size());
        line.put("map_difference_std", result.maps());
        line.put("score_difference_std", result.scores());
        line.put("map_correlation", result.accuracy().correlation());
        line.put("score_error", result.accuracy().scoreError());
        System.out.println(new ObjectMapper().writeValueAsString(line));
    }
}
