package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.report.TestReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report's model card. */
class ReportedModelTest {
    @TempDir
    private Path folder;

    @Test
    void theChecksumIsThatOfTheModelThatInspected() throws IOException {
        Sample sample = Sample.get();
        Path model = Files.copy(sample.model, folder.resolve("model.safetensors"));
        byte[] other = Files.readAllBytes(model);
        other[other.length - 1]++;
        Path page = folder.resolve("report.html");
        try (Inspector inspector = Inspector.open(model)) {
            EvaluationRun run = EvaluationRun.prepare(Dataset.open(sample.category), inspector.model());
            TestReport report = new TestReport(run, inspector);
            run.inspect(inspector, report, Progress.NONE);
            Files.move(Files.write(folder.resolve("other"), other), model, StandardCopyOption.REPLACE_EXISTING);
            report.write(page, "plate", run.details(), model);
        }
        String html = Files.readString(page);
        assertTrue(html.contains(Sha256.of(sample.model)));
        assertFalse(html.contains(Sha256.of(model)));
    }
}
