package io.trd4j.model;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import io.trd4j.model.tensorfile.TorchWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network of two tensors within files as PyTorch's tools write them: names, prefixes and what stands beside. */
class StateDictTest {
    private static final List<TensorInfo> NETWORK = List.of(
            new TensorInfo("conv1.weight", TensorType.F32, List.of(1L)),
            new TensorInfo("bn1.bias", TensorType.F32, List.of(1L)),
            new TensorInfo("bn1.num_batches_tracked", TensorType.I64, List.of()));

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("w.pth");
    }

    private static SafetensorsWriter.Source tensor(float value) {
        return new SafetensorsWriter.Source(
                new TensorInfo("", TensorType.F32, List.of(1L)),
                () -> ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value));
    }

    private static Map<String, Object> network(String prefix, float value) {
        Map<String, Object> dict = new LinkedHashMap<>();
        dict.put(prefix + "conv1.weight", tensor(value));
        dict.put(prefix + "bn1.bias", tensor(value + 1));
        return dict;
    }

    private StateDict.Found find(Map<String, ?> dict) throws IOException {
        TorchWriter.write(file, dict);
        try (WeightsFile weights = WeightsFile.open(file)) {
            StateDict.Found found = StateDict.find(weights, "a ResNet", weights.tensors(), NETWORK, prefix -> true);
            assertEquals(4, found.tensors().get("conv1.weight").bytes().remaining());
            return found;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_orig_mod.",
                "module.",
                "model.",
                "encoder.",
                "backbone.",
                "net.0.",
                "module.module.",
                "_orig_mod.module.model.encoder.backbone.",
                "model.model.",
                "_forward_module._fsdp_wrapped_module.student."
            })
    void onePrefixIsLeftOut(String prefix) throws IOException {
        Map<String, Object> dict = network(prefix, 1);
        dict.put("head.weight", tensor(9));
        for (Map<String, ?> saved : List.<Map<String, ?>>of(
                dict,
                Map.of("state_dict", dict),
                Map.of("model", dict),
                Map.of("model_state_dict", dict),
                Map.of("a", Map.of("b", dict)))) {
            StateDict.Found found = find(saved);
            assertTrue(found.tensors().keySet().containsAll(List.of("conv1.weight", "bn1.bias")));
        }
    }

    @Test
    void wrappersWithinNamesAreLeftOut() throws IOException {
        Map<String, Object> dict = new LinkedHashMap<>();
        dict.put("conv1._orig_mod.weight", tensor(1));
        dict.put("bn1.module.bias", tensor(2));
        assertEquals(
                List.of("conv1.weight", "bn1.bias"),
                List.copyOf(find(dict).tensors().keySet()));
        dict.put("bn1.bias", tensor(3));
        assertRefused(() -> find(dict), file, "bn1.module.bias and bn1.bias");
    }

    @Test
    void ofSeveralCopiesTheMainOneIsMeantOrNone() throws IOException {
        Map<String, Object> both = new LinkedHashMap<>(Map.of("state_dict", network("", 1)));
        both.put("state_dict_ema", network("", 2));
        assertEquals("state_dict.", find(both).prefix());
        Map<String, Object> moco = network("encoder_q.", 1);
        moco.putAll(network("encoder_k.", 2));
        assertRefused(() -> find(moco), file, "2 times", "'encoder_q.'", "'encoder_k.'");
    }

    /** The backbone is not doubted where the names are the fault. */
    @Test
    void namesTellWhatIsMissing() {
        Map<String, Object> dict = network("model.", 1);
        dict.remove("model.bn1.bias");
        assertRefused(() -> find(dict), file, "tensor model.bn1.bias is missing", "1 have the prefix 'model.'");
        String other = assertThrows(InputException.class, () -> find(Map.of("stem.conv.weight", tensor(1))))
                .getMessage();
        assertTrue(other.contains("no tensors of a ResNet (its names begin with stem.conv.weight)"), other);
        assertFalse(other.contains("backbone"), other);
        assertRefused(() -> find(Map.of()), file, "it has no tensors");
    }

    @Test
    void aPointerInPlaceOfTheFileIsNamed() throws IOException {
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        assertRefused(() -> WeightsFile.open(file), file, "Git LFS pointer", "git lfs pull");
    }
}
