package io.trd4j.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * The text of a file: UTF-8, or what its byte-order mark says. Editors and shells of Windows write UTF-16 with one; no
 * other charset is guessed.
 */
final class Unicode {
    private static final char MARK = '\uFEFF';

    private Unicode() {}

    /**
     * The text without a byte-order mark.
     *
     * @param refused makes the exception of what is wrong
     */
    static String text(byte[] bytes, Function<String, InputException> refused) {
        String text = decoded(bytes);
        // UTF-16 without a mark is UTF-8 with a NUL in every other place, and UTF-32 is UTF-16 with them.
        if (text == null || text.indexOf('\0') >= 0) {
            throw refused.apply("its text is not UTF-8, nor UTF-16 with a byte-order mark; save it as UTF-8");
        }
        return text.isEmpty() || text.charAt(0) != MARK ? text : text.substring(1);
    }

    /** Null when it is of another charset. */
    private static String decoded(byte[] bytes) {
        try {
            return charset(bytes).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static Charset charset(byte[] bytes) {
        int start = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
        return start == 0xFFFE
                ? StandardCharsets.UTF_16LE
                : start == MARK ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
    }
}
