package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.drift.DriftMonitor;
import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.Thresholds;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.SigningKey;
import io.trd4j.sign.TrustedKeys;
import io.trd4j.sign.UntrustedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A model that no trusted key signed is not opened, by whatever opens models to inspect. */
class TrustedModelTest {
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU);

    @TempDir
    private static Path shared;

    private static Path written;
    private static SigningKey key;
    private static TrustedKeys trusted;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeAll
    static void write() throws IOException {
        written = SmallModel.write(shared.resolve("model.safetensors"), Modality.NORMALS, 1e9);
        key = SigningKey.create(shared.resolve("key"));
        trusted = TrustedKeys.read(List.of(shared));
    }

    /** The same file: who replaces one of its names leaves the others. */
    @BeforeEach
    void link() throws IOException {
        model = Files.createLink(folder.resolve("model.safetensors"), written);
    }

    private void sign() throws IOException {
        try (HashedFile content = HashedFile.open(model)) {
            ModelSignature.of(content, key).write(ModelSignature.file(model));
        }
    }

    private void assertRefused(String words) {
        InspectorOptions options = OPTIONS.withTrustedKeys(trusted);
        for (var open : List.<Executable>of(
                () -> Inspector.open(model, options).close(),
                () -> Inspector.describe(model, trusted),
                () -> PlanMeasurement.measure(model, options, 1),
                () -> DriftMonitor.open(model, trusted, 50, 0.01))) {
            InputException refused = assertThrows(UntrustedModelException.class, open);
            assertTrue(refused.getMessage().contains(words), refused.getMessage());
        }
    }

    @Test
    void onlyASignedModelIsOpened() throws IOException {
        assertRefused("is not signed");
        sign();
        try (Inspector inspector = Inspector.open(model, OPTIONS.withTrustedKeys(trusted));
                Inspector other = inspector.duplicate()) {
            assertEquals(key.keyId(), inspector.signedBy());
            assertEquals(key.keyId(), other.signedBy());
            assertEquals(Sha256.of(model), other.modelSha256());
            assertEquals(trusted, other.options().withThreads(2).withMaps(true).trustedKeys());
        }
        assertEquals(
                Inspector.describe(model).calibrationSha256(),
                Inspector.describe(model, trusted).calibrationSha256());
        assertTrue(PlanMeasurement.measure(model, OPTIONS.withTrustedKeys(trusted), 1)
                        .networkMillis()
                > 0);
        ModelFile.replaceInfo(model, info -> info.withThresholds(Thresholds.NONE));
        assertRefused("the model was changed after it was signed");
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            assertNull(inspector.signedBy());
        }
    }

    /** What would be found wrong with it if it were parsed is not found. */
    @Test
    void nothingIsParsedBefore() throws IOException {
        Files.delete(model);
        Files.writeString(model, "no model");
        assertRefused("is not signed");
        Files.writeString(ModelSignature.file(model), "no signature");
        assertRefused("is no signature");
    }

    /** Behind the check, before the weights are read. */
    @Test
    void whatIsLoadedIsWhatWasChecked() throws IOException {
        // A copy in place of a link: it is written into.
        Files.delete(model);
        Files.copy(written, model);
        sign();
        HashedFile content = HashedFile.open(model);
        trusted.require(content);
        try (ModelFile file = ModelFile.open(content);
                FileChannel writer = FileChannel.open(model, StandardOpenOption.WRITE)) {
            TensorInfo last = null;
            for (TensorInfo tensor : file.tensors().tensors()) {
                last = tensor;
            }
            file.tensors().bytes(last.name());
            writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), Files.size(model) - 4);
            String name = last.name();
            InputException refused =
                    assertThrows(InputException.class, () -> file.tensors().bytes(name));
            assertTrue(refused.getMessage().contains("was changed while it was read"), refused.getMessage());
        }
    }

    @Test
    void theChecksumIsThatOfTheModelInUse() throws IOException {
        String before = Sha256.of(model);
        try (Inspector known = Inspector.open(model, OPTIONS);
                Inspector late = Inspector.open(model, OPTIONS);
                Inspector random =
                        Inspector.random(Backbone.RESNET18, 64, Geometry.unmeasured(Modality.DEPTH, 64), OPTIONS)) {
            assertEquals(before, known.modelSha256());
            assertThrows(IllegalStateException.class, random::modelSha256);
            assertNull(random.signedBy());
            ModelFile.replaceInfo(model, info -> info.withThresholds(Thresholds.NONE));
            assertNotEquals(before, Sha256.of(model));
            assertEquals(before, known.modelSha256(), "computed before");
            InputException refused = assertThrows(InputException.class, late::modelSha256);
            assertTrue(refused.getMessage().contains("was changed after it was opened"), refused.getMessage());
        }
    }
}
