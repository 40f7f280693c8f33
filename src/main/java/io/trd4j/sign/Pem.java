package io.trd4j.sign;

import io.trd4j.io.InputException;
import io.trd4j.io.Readable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys as text files, RFC 7468, as {@code openssl genpkey} and {@code openssl pkey -pubout} write them. */
final class Pem {
    static final String ALGORITHM = "Ed25519";
    static final String PRIVATE = "PRIVATE KEY";
    static final String PUBLIC = "PUBLIC KEY";
    /** Of RSA, the largest in use, some thousand bytes. */
    private static final int MAX_BYTES = 1 << 16;

    private static final int LINE = 64;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private Pem() {}

    /** Makes a key of its encoding. */
    interface Decoder<K> {
        K decode(KeyFactory keys, byte[] encoding) throws GeneralSecurityException;
    }

    /** One block of PEM. */
    static String text(String label, byte[] encoding) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encoding) + "\n-----END " + label
                + "-----\n";
    }

    /**
     * The only key of a file.
     *
     * @param label of the kind that is wanted: {@link #PRIVATE} or {@link #PUBLIC}
     * @throws InputException when the file holds something else, or a key of another algorithm
     */
    static <K> K read(Path file, String label, Decoder<K> decoder) throws IOException {
        Matcher block = BLOCK.matcher(content(file));
        if (!block.find()) {
            throw new InputException(file + " holds no key in PEM format; make one with trd sign --new-key NAME, or "
                    + "openssl genpkey -algorithm ed25519");
        }
        String found = block.group(1);
        if (!found.equals(label)) {
            throw new InputException(file + " holds " + described(found) + ", not a " + label.toLowerCase(Locale.ROOT)
                    + " of Ed25519; " + remedy(found, label));
        }
        String base64 = block.group(2);
        if (block.find()) {
            throw new InputException(file + " holds several keys; put each into a file of its own");
        }
        try {
            byte[] encoding = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
            return decoder.decode(KeyFactory.getInstance(ALGORITHM), encoding);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new InputException(
                    file + " holds no " + label.toLowerCase(Locale.ROOT)
                            + " of Ed25519: it is of another algorithm, or damaged; "
                            + "make a pair with trd sign --new-key NAME",
                    e);
        }
    }

    private static String content(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder, not a key in PEM format");
        }
        try (InputStream in = Readable.stream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
        }
    }

    private static String described(String label) {
        return switch (label) {
            case PRIVATE -> "a private key";
            case PUBLIC -> "a public key";
            case "ENCRYPTED PRIVATE KEY" -> "an encrypted private key";
            default -> "\"" + label + "\"";
        };
    }

    private static String remedy(String found, String label) {
        return switch (found) {
            case PRIVATE -> "give its public key: openssl pkey -in PRIVATE.pem -pubout";
            case PUBLIC -> "give the private key that belongs to it";
            case "ENCRYPTED PRIVATE KEY" ->
                label.equals(PRIVATE)
                        ? "decrypt it first: openssl pkey -in KEY.pem -out PRIVATE.pem"
                        : "give its public key: openssl pkey -in KEY.pem -pubout";
            default -> "make a pair with trd sign --new-key NAME";
        };
    }
}
