package io.trd4j.train;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.model.EpochLoss;
import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State files of runs, sound and not. */
class StateFileTest {
    private static final String KEY = HostileStates.KEY;
    private static final String HISTORY = HostileStates.HISTORY;

    @TempDir
    private Path folder;

    private Path path;
    private Weights weights;
    private Adam adam;
    private StateFile state;

    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("run.state");
        weights = new Weights();
        weights.create("a.weight", Weights.Kind.CONVOLUTION, 2, 3, 1, 1);
        weights.create("b.running_var", Weights.Kind.RUNNING_VAR, 2);
        weights.create("b.num_batches_tracked", Weights.Kind.BATCHES_TRACKED);
        adam = new Adam(weights);
        state = new StateFile(Map.of("trd.state.version", "4"), Map.of(), "options")
                .with("net.", weights)
                .with("adam.", adam);
        state.write(path, KEY, HISTORY);
    }

    @AfterEach
    void close() {
        adam.close();
        weights.close();
    }

    private TrainingState.Done read() throws IOException {
        return state.read(path, KEY, text -> TrainingState.done(path, text, 4));
    }

    /** With another history, and one number of a tensor replaced. */
    private void change(String history, String tensor, float value) throws IOException {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        Map<String, String> metadata;
        try (Safetensors file = Safetensors.open(path)) {
            metadata = new TreeMap<>(file.metadata());
            for (TensorInfo info : file.tensors()) {
                byte[] bytes = file.bytes(info.name());
                if (info.name().equals(tensor)) {
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, value);
                }
                sources.add(new SafetensorsWriter.Source(info, () -> ByteBuffer.wrap(bytes)));
            }
        }
        metadata.put(KEY, history);
        SafetensorsWriter.write(path, metadata, sources);
    }

    private static String epochs(String epoch) {
        return "{\"epochs\":[" + epoch + "],\"begun\":null}";
    }

    private void refused(String history, String tensor, double value, String... says) throws IOException {
        change(history, tensor, (float) value);
        assertRefused(this::read, path, "--resume");
        assertRefused(this::read, (Object[]) says);
        write();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertEquals(
                new TrainingState.Done(
                        List.of(new EpochLoss(1.5, 2.5, null, null), new EpochLoss(1, 2, 3.0, 4.0)),
                        new BegunEpoch(3, 0.1, 0.7)),
                read());
    }

    @Test
    void whatNoRunLeavesIsRefused() throws IOException {
        refused("null", "", 0, "its list of epochs is damaged (there is none)");
        refused("{\"epochs\":null,\"begun\":null}", "", 0, "its list of epochs is damaged (there is none)");
        refused(epochs("null"), "", 0, "an epoch is missing");
        refused(epochs("{}"), "", 0, "rgb is missing");
        refused("{}", "", 0, "list of epochs");
        refused("[]", "", 0, "list of epochs");
        refused(epochs("{\"rgb\":1e999,\"depth\":1,\"validation\":null}"), "", 0, "finite numbers");
        refused(epochs("{\"rgb\":\"x\",\"depth\":1,\"validation\":null}"), "", 0, "[0].rgb has another form");
        refused(HISTORY.replace(":3,\"rgb\":0.1", ":5,\"rgb\":0.1"), "", 0, "5 steps of an epoch of 4");
        refused(HISTORY.replace(":3,\"rgb\":0.1", ":0,\"rgb\":0.1"), "", 0, "list of epochs");
        refused(HISTORY.replace("0.1", "1e999"), "", 0, "list of epochs");
        refused(HISTORY + "]", "", 0, "no sound JSON");
        refused(HISTORY, "net.a.weight", Double.NaN, "tensor net.a.weight holds NaN");
        refused(HISTORY, "net.b.running_var", -1, "tensor net.b.running_var holds -1.0");
        refused(HISTORY, "adam.a.weight.first_moment", Double.POSITIVE_INFINITY, "first_moment holds Infinity");
        refused(HISTORY, "adam.a.weight.second_moment", -1, "second_moment holds -1.0");
        refused(HISTORY, "adam.a.weight.step", -3, "step holds -3.0");
    }
}
