package io.trd4j.train;

import io.trd4j.hostile.Hostile;
import io.trd4j.hostile.HostileReader;
import io.trd4j.model.network.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The readers of state files, from which trainings are resumed. */
public final class HostileStates {
    private static final int STEPS = 4;
    static final String KEY = "trd.state.history";
    static final String HISTORY = "{\"epochs\":[{\"rgb\":1.5,\"depth\":2.5,\"validation\":null},"
            + "{\"rgb\":1,\"depth\":2,\"validation\":{\"rgb\":3,\"depth\":4}}],"
            + "\"begun\":{\"steps\":3,\"rgb\":0.1,\"depth\":0.7}}";

    private HostileStates() {}

    /** All of them. */
    public static List<HostileReader> all() throws IOException {
        Weights weights = new Weights();
        weights.create("a.weight", Weights.Kind.CONVOLUTION, 2, 3, 1, 1);
        weights.create("b.running_var", Weights.Kind.RUNNING_VAR, 2);
        weights.create("b.num_batches_tracked", Weights.Kind.BATCHES_TRACKED);
        StateFile state = new StateFile(Map.of("trd.state.version", "4"), Map.of(), "options")
                .with("net.", weights)
                .with("adam.", new Adam(weights));
        byte[] seed;
        Path file = Files.createTempFile("run", ".state");
        try {
            state.write(file, KEY, HISTORY);
            seed = Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
        return List.of(
                new HostileReader("state", "run.state", List.of(seed), Hostile.header(seed), changed -> {
                    state.read(changed, KEY, text -> TrainingState.done(changed, text, STEPS));
                    return 0;
                }),
                HostileReader.of(
                        "history",
                        "history.state",
                        List.of(HISTORY.getBytes(StandardCharsets.UTF_8)),
                        changed -> TrainingState.done(
                                changed, Files.readString(changed, StandardCharsets.ISO_8859_1), STEPS)));
    }
}
