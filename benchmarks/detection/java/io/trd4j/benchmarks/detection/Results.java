package io.trd4j.benchmarks.detection;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.InputException;
import io.trd4j.metrics.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges the maps of a category's test parts and writes what {@code trd evaluate} writes, for the branches that there
 * are.
 */
final class Results {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final List<PartFiles> parts;
    private final boolean[] anomalous;
    private final boolean[][] masks;
    private final int size;

    Results(Dataset dataset, int size) throws IOException {
        this.size = size;
        parts = dataset.test();
        anomalous = new boolean[parts.size()];
        masks = new boolean[parts.size()][];
        if (parts.isEmpty() || !dataset.labelled()) {
            throw new InputException(
                    dataset.category() + ": needs labelled test parts: test/good and test/DEFECT with masks");
        }
        for (int i = 0; i < parts.size(); i++) {
            anomalous[i] = parts.get(i).anomalous();
            masks[i] = parts.get(i).mask(size);
        }
        String missing = Evaluation.missing(masks, anomalous, null);
        if (missing != null) {
            throw new InputException(dataset.category() + ": " + missing);
        }
    }

    /**
     * Writes {@code scores.csv}, {@code train.json} and, last, {@code metrics.json}, whose presence says that the run
     * is done.
     *
     * @param training what else is worth knowing of the run
     */
    void write(Path folder, Detection detection, Map<String, Object> training) throws IOException {
        Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
        Map<String, float[]> scores = new LinkedHashMap<>();
        detection.maps().forEach((branch, maps) -> {
            scores.put(branch, Detection.scores(maps));
            rows.put(
                    branch,
                    Evaluation.of(maps, scores.get(branch), masks, anomalous, null, size, size)
                            .toMap());
        });
        StringBuilder csv = new StringBuilder("id,kind,anomalous,score,score_rgb,score_depth\n");
        for (int i = 0; i < parts.size(); i++) {
            csv.append(parts.get(i).id())
                    .append(',')
                    .append(parts.get(i).kind())
                    .append(',')
                    .append(anomalous[i]);
            for (String branch : Detection.BRANCHES) {
                csv.append(',').append(scores.containsKey(branch) ? Float.toString(scores.get(branch)[i]) : "");
            }
            csv.append('\n');
        }
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("scores.csv"), csv);
        Files.writeString(folder.resolve("train.json"), JSON.writeValueAsString(training) + "\n");
        Files.writeString(folder.resolve("metrics.json"), JSON.writeValueAsString(rows) + "\n");
    }
}
