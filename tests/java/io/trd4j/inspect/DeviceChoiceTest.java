package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.InputException;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an inspector computes, and what it refuses. */
class DeviceChoiceTest {
    /** More than any machine has: refused with and without GPUs. */
    private static final DeviceChoice ABSENT = DeviceChoice.cuda(999);

    @TempDir
    static Path folder;

    @Test
    void namesAreThoseOfTheCommandLine() {
        assertEquals(DeviceChoice.AUTO, DeviceChoice.of("auto"));
        assertEquals(DeviceChoice.CPU, DeviceChoice.of("cpu"));
        assertEquals(DeviceChoice.cuda(0), DeviceChoice.of("cuda"));
        assertEquals(DeviceChoice.cuda(3), DeviceChoice.of("cuda:3"));
        assertEquals("cuda:3", DeviceChoice.of("cuda:3").key());
        for (String wrong : new String[] {"gpu", "cuda:", "cuda:-1", "cuda:x", "CUDA", "cuda:99999", ""}) {
            assertTrue(
                    assertThrows(InputException.class, () -> DeviceChoice.of(wrong))
                            .getMessage()
                            .contains("cuda:N"),
                    wrong);
        }
        assertThrows(IllegalArgumentException.class, () -> DeviceChoice.cuda(-1));
    }

    private static String refused(Path model, Precision precision, DeviceChoice device) {
        InspectorOptions options = new InspectorOptions(1, precision).withDevice(device);
        String message = assertThrows(InputException.class, () -> Inspector.open(model, options))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void whatCannotBeHadIsRefusedInOneLine() throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), 32, Modality.DEPTH, null);
        String message = refused(model, Precision.AUTO, ABSENT);
        assertTrue(
                message.startsWith("--device cuda:999 is not available: ") && message.contains("--device cpu"),
                message);
        message = refused(model, Precision.INT8, DeviceChoice.cuda(0));
        assertTrue(message.startsWith("--precision int8 is not available on CUDA"), message);
        for (Precision gpu : new Precision[] {Precision.FP16, Precision.TF32}) {
            message = refused(model, gpu, DeviceChoice.CPU);
            assertTrue(message.startsWith("--precision " + gpu.key() + " needs a GPU: "), message);
        }
        try (Inspector inspector =
                Inspector.open(model, InspectorOptions.defaults().withDevice(DeviceChoice.CPU))) {
            assertEquals("cpu", inspector.device());
        }
    }

    @Test
    void withoutMapsOnlyTheScoresAreFilled() throws IOException {
        Path model = SmallModel.write(folder.resolve("scores.safetensors"), 32, Modality.DEPTH, null);
        InspectorOptions options =
                InspectorOptions.defaults().withDevice(DeviceChoice.CPU).withMaps(false);
        Part part = SyntheticParts.part(SyntheticProduct.COOKIE, 48, 1);
        try (Inspector inspector = Inspector.open(model, options);
                InputBuffers buffers = inspector.newInputBuffers("copy", 48, 48, 48, 48)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            float score = result.score();
            assertTrue(score != 0 && result.map()[0] == 0 && result.mapRgb()[5] == 0 && result.mapDepth()[9] == 0);
            buffers.rgb().put(0, part.rgb().rgb());
            buffers.xyz().put(0, part.xyz().xyz());
            inspector.inspect(buffers.part(), result);
            assertEquals(score, result.score(), "the same values in the inspector's own buffers");
            assertThrows(IllegalArgumentException.class, () -> inspector.newInputBuffers("none", 0, 48, 48, 48));
            int most = Integer.MAX_VALUE;
            assertThrows(IllegalArgumentException.class, () -> inspector.newInputBuffers("large", most, most, 48, 48));
            assertThrows(
                    IllegalArgumentException.class, () -> inspector.newInputBuffers("large", 48, 48, 1 << 14, 1 << 14));
        }
    }
}
