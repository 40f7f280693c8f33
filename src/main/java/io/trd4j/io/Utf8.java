package io.trd4j.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The text of a file that says nothing about its charset. */
final class Utf8 {
    private static final char MARK = '\uFEFF';

    private Utf8() {}

    /**
     * The text without a byte-order mark.
     *
     * @param refused makes the exception of what is wrong
     */
    static String text(byte[] bytes, Function<String, InputException> refused) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.isEmpty() || text.charAt(0) != MARK ? text : text.substring(1);
        } catch (CharacterCodingException e) {
            throw refused.apply("its text is not UTF-8");
        }
    }
}
