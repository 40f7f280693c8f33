package io.trd4j.engine.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test that passes and one that fails, for InstructionSetTest; its name keeps it out of the suite. */
class PlantedFailure {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void isOne(int number) {
        assertEquals(1, number, "planted");
    }
}
