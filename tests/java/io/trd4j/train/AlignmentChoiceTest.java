package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.align.RigidPart;
import io.trd4j.data.PartSource;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AlignmentChoiceTest {
    private static final int SIZE = 64;

    private static AlignmentChoice choose(Align wanted, List<PartSource> parts) throws IOException {
        return AlignmentChoice.of(wanted, parts, 5, SIZE, Progress.NONE).choice();
    }

    @Test
    void rigidPartsAreAlignedUnlessNot() throws IOException {
        List<PartSource> parts = RigidPart.normal(10, SIZE, 0.05, 1);
        AlignmentChoice chosen = choose(Align.AUTO, parts);
        assertNotNull(chosen.alignment(), chosen.reason());
        assertTrue(chosen.reason().startsWith("aligned: nine of ten"), chosen.reason());
        assertNull(choose(Align.NONE, parts).alignment());
        AlignmentChoice cropped = choose(Align.CROP, parts);
        assertTrue(cropped.alignment().crops() && !chosen.alignment().crops());
        assertTrue(cropped.reason().startsWith("cropped, as asked for: the frame is "), cropped.reason());
    }

    @Test
    void partsOfManyKindsAreNotAligned() throws IOException {
        List<PartSource> parts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long seed = i;
            parts.add(() -> RigidPart.blob(SIZE, seed));
        }
        AlignmentChoice chosen = choose(Align.AUTO, parts);
        assertNull(chosen.alignment(), chosen.reason());
        assertTrue(chosen.reason().startsWith("not aligned: "), chosen.reason());
    }

    @Test
    void tooFewPartsOrOneModalityAreSaid() throws IOException {
        List<PartSource> few = RigidPart.normal(5, SIZE, 0.05, 1);
        assertEquals(
                "not aligned: alignment needs at least 8 normal parts, found 5; give more, or --align none",
                choose(Align.AUTO, few).reason());
        assertThrows(InputException.class, () -> choose(Align.POSE, few));
        List<PartSource> enough = RigidPart.normal(8, SIZE, 0.05, 1);
        String scale = "the scale of an aligned model needs at least 5 normal validation parts, found 4; give more, or"
                + " --align none";
        assertEquals(
                "not aligned: " + scale,
                AlignmentChoice.of(Align.AUTO, enough, 4, SIZE, Progress.NONE)
                        .choice()
                        .reason());
        InputException fewer = assertThrows(
                InputException.class, () -> AlignmentChoice.of(Align.POSE, enough, 4, SIZE, Progress.NONE));
        assertEquals(scale, fewer.getMessage());
        List<PartSource> flat = new ArrayList<>();
        for (PartSource part : RigidPart.normal(8, SIZE, 0.05, 1)) {
            flat.add(() -> part.load().withoutSecond());
        }
        InputException e = assertThrows(InputException.class, () -> choose(Align.POSE, flat));
        assertEquals("some normal training parts lack colour or points; aligned models need both", e.getMessage());
    }
}
