package io.trd4j.sign;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.HashedFile;
import io.trd4j.io.Readable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signature of a model file, in a file of its own beside it. Its text is the statement that was signed, four lines
 * with the model's checksum, and the signature in a fifth: the statement is signed and not the model, so that a model
 * of any size costs its checksum alone.
 *
 * @param sha256 of the model file, 64 hexadecimal digits
 * @param bytes of the model file
 * @param keyId of the public key: SHA-256 of its SubjectPublicKeyInfo, 64 hexadecimal digits
 * @param base64 Ed25519's signature of the statement, 64 bytes
 */
public record ModelSignature(String sha256, long bytes, String keyId, String base64) {
    private static final String FORMAT = "trd4j model signature, version ";
    private static final Pattern TEXT = Pattern.compile(FORMAT + "1\nsha256 ([0-9a-f]{64})\nbytes (\\d{1,18})\n"
            + "key ([0-9a-f]{64})\ned25519 ([A-Za-z0-9+/]{86}==)\n");
    private static final Pattern ANY_VERSION = Pattern.compile(FORMAT + "(\\d{1,9})\n(?s:.*)");
    private static final int MAX_BYTES = 4096;

    /** Signs a model file, as it was hashed. */
    public static ModelSignature of(HashedFile model, SigningKey key) {
        ModelSignature unsigned = new ModelSignature(model.sha256(), model.size(), key.keyId(), "");
        return new ModelSignature(
                model.sha256(),
                model.size(),
                key.keyId(),
                Base64.getEncoder().encodeToString(key.sign(unsigned.statement())));
    }

    /** Where a model's signature lies: beside it, its name and {@code .sig}. */
    public static Path file(Path model) {
        return model.resolveSibling(model.getFileName() + ".sig");
    }

    /**
     * Reads a signature; says nothing of whether it is right.
     *
     * @throws UntrustedModelException when it is none, damaged, or of a newer format
     * @throws IOException when the file cannot be read
     */
    public static ModelSignature read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new UntrustedModelException(file + " is a folder, not the signature of a model");
        }
        String text;
        try (InputStream in = Readable.stream(file)) {
            text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
        }
        Matcher found = TEXT.matcher(text);
        if (found.matches()) {
            return new ModelSignature(found.group(1), Long.parseLong(found.group(2)), found.group(3), found.group(4));
        }
        Matcher other = ANY_VERSION.matcher(text);
        throw new UntrustedModelException(
                other.matches() && !other.group(1).equals("1")
                        ? file + " has version " + other.group(1) + " of the signature's format, this trd4j knows "
                                + "version 1; use a newer trd4j"
                        : file + " is no signature of a model, or is damaged; sign the model again: trd sign --model "
                                + "MODEL --key PRIVATE.pem");
    }

    /** Writes or replaces the file. */
    public void write(Path file) throws IOException {
        AtomicFile.write(file, new String(statement(), StandardCharsets.US_ASCII) + "ed25519 " + base64 + "\n");
    }

    /** Whether it was made for these bytes; says nothing of who made it. */
    public boolean fits(HashedFile model) {
        return model.size() == bytes && model.sha256().equals(sha256);
    }

    /** The bytes that are signed. */
    byte[] statement() {
        return (FORMAT + "1\nsha256 " + sha256 + "\nbytes " + bytes + "\nkey " + keyId + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The 64 bytes. */
    byte[] signature() {
        return Base64.getDecoder().decode(base64);
    }
}
