package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Texts of others in messages. */
class OneLineTest {
    @Test
    void nothingIsLeftThatMovesTheCursor() {
        assertEquals("a b c", OneLine.of("a\r\n  b \n\n c\n"));
        assertEquals("?[31m? ?x?y?z?", OneLine.of("\u001b[31m\u0007 \u2028x\u202ey\u0085z\u0000"));
        assertEquals("größe 😀 'quoted'", OneLine.of("größe 😀 'quoted'"));
        assertEquals("null", OneLine.of(null));
        assertEquals(
                "a ?.png is damaged", new InputException("a\n\t.png is damaged".replace("\t", "\u0001")).getMessage());
        assertEquals("x".repeat(120) + "...", OneLine.start("x".repeat(121)));
        assertEquals("x".repeat(120), OneLine.start("x".repeat(120)));
    }
}
