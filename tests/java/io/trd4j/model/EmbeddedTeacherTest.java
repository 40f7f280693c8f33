package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.io.InputException;
import io.trd4j.model.network.Teacher;
import io.trd4j.model.network.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The weights in the jar: those of the recipe, whole, and alive. */
class EmbeddedTeacherTest {
    /** benchmarks/detection/NOTES.md has the recipe beside it. */
    private static final String SHA_256 = "1c383e56de71f006b47a62c30e902d53bfa86286a2a5f630f12b6278c9c587b9";

    @Test
    void itIsTheFileOfTheRecipe() throws Exception {
        try (InputStream file = TeacherWeights.class.getResourceAsStream("formula-resnet18.safetensors")) {
            assertEquals(
                    SHA_256,
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(file.readAllBytes())));
        }
    }

    /** Channels that are 0 everywhere, or one direction for all positions, would let students imitate defects too. */
    @Test
    void itsFeaturesAreAlive() throws IOException {
        try (Teacher teacher = new Teacher(Backbone.RESNET18);
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            teacher.weights().load(TeacherWeights.load(TeacherWeights.EMBEDDED, Backbone.RESNET18));
            for (Weights.Entry e : teacher.weights().entries()) {
                for (float value : Golden.floats(e.tensor().to(torch.ScalarType.Float))) {
                    assertTrue(Float.isFinite(value), e.name());
                }
            }
            torch.manual_seed(1);
            for (Tensor feature : teacher.apply(torch.randn(4, 3, 64, 64)).asList()) {
                Tensor rows = feature.permute(0, 2, 3, 1).reshape(-1, feature.size(1));
                long live = rows.max(0, false).get0().gt(new Scalar(0.01)).sum().item_long();
                assertTrue(live > 0.6 * feature.size(1), live + " of " + feature.size(1) + " channels are ever active");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backbone.class, names = "RESNET18", mode = EnumSource.Mode.EXCLUDE)
    void anotherBackboneIsRefusedWithWhatToDo(Backbone backbone) {
        String line = assertThrows(InputException.class, () -> TeacherWeights.load(TeacherWeights.EMBEDDED, backbone))
                .getMessage();
        assertTrue(line.contains(backbone.key()) && line.contains("--teacher imagenet") && !line.contains("\n"), line);
    }
}
