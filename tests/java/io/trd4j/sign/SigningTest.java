package io.trd4j.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.Needs;
import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures, beside those of openssl. */
class SigningTest {
    /** Made by openssl: a pair of keys, and a signature in our format. */
    private static final Path KEYS = Golden.fixture("keys");

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void copy() throws IOException {
        model = Files.copy(KEYS.resolve("signed.bin"), folder.resolve("signed.bin"));
    }

    private static ModelSignature sign(Path model, SigningKey key) throws IOException {
        try (HashedFile content = HashedFile.open(model)) {
            ModelSignature signature = ModelSignature.of(content, key);
            signature.write(ModelSignature.file(model));
            return signature;
        }
    }

    private static ModelSignature check(Path model, Path... trusted) throws IOException {
        TrustedKeys keys = TrustedKeys.read(List.of(trusted));
        try (HashedFile content = HashedFile.open(model)) {
            return keys.require(content);
        }
    }

    private static void assertRefused(Class<? extends Exception> type, Executable action, String... words) {
        String line = assertThrows(type, action::run).getMessage();
        assertFalse(line.contains("\n"), line);
        for (String word : words) {
            assertTrue(line.contains(word), "'" + word + "' is not in: " + line);
        }
    }

    private interface Executable {
        void run() throws Exception;
    }

    /** Ed25519 gives everybody the same signature of the same statement. */
    @Test
    void signsAsOpensslDoes() throws IOException {
        sign(model, SigningKey.read(KEYS.resolve("ed25519.pem")));
        assertEquals(
                Files.readString(KEYS.resolve("signed.bin.sig")), Files.readString(folder.resolve("signed.bin.sig")));
        ModelSignature checked = check(model, KEYS.resolve("ed25519.pub"));
        assertEquals(Files.size(model), checked.bytes());
    }

    @Test
    void opensslReadsWhatIsWritten() throws Exception {
        Needs.that(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "openssl"))),
                "openssl");
        SigningKey key = SigningKey.create(folder.resolve("key"));
        ModelSignature signature = sign(model, key);
        Files.write(folder.resolve("statement"), signature.statement());
        Files.write(folder.resolve("raw"), signature.signature());
        run("openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in statement -sigfile raw");
        run("openssl pkey -in key -pubout -out again.pub");
        assertEquals(Files.readString(folder.resolve("key.pub")), Files.readString(folder.resolve("again.pub")));
        // The other way round, and what openssl knows besides.
        run("openssl genpkey -algorithm ed25519 -out own.pem");
        run("openssl pkey -in own.pem -pubout -out own.pub");
        sign(model, SigningKey.read(folder.resolve("own.pem")));
        check(model, folder.resolve("own.pub"));
        run("openssl pkey -in own.pem -aes-256-cbc -passout pass:x -out encrypted.pem");
        assertRefused(
                InputException.class,
                () -> SigningKey.read(folder.resolve("encrypted.pem")),
                "an encrypted private key",
                "openssl pkey");
        run("openssl pkey -in own.pem -text -out text.pem");
        assertEquals(
                SigningKey.read(folder.resolve("own.pem")).keyId(),
                SigningKey.read(folder.resolve("text.pem")).keyId());
    }

    private void run(String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" "))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), command);
        assertEquals(0, process.exitValue(), () -> command + ": " + folder);
    }

    @Test
    void aPairIsForItsOwnerAndNeverOverwritten() throws IOException {
        Path name = folder.resolve("new/key");
        SigningKey made = SigningKey.create(name);
        assertEquals(made.keyId(), SigningKey.read(name).keyId());
        assertEquals(
                Set.of(made.keyId()),
                TrustedKeys.read(List.of(folder.resolve("new"))).ids());
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(name)));
        }
        String before = Files.readString(name);
        assertRefused(InputException.class, () -> SigningKey.create(name), name + " exists", "never overwritten");
        Files.delete(name);
        assertRefused(InputException.class, () -> SigningKey.create(name), name + ".pub exists");
        assertFalse(Files.exists(name));
        Files.delete(folder.resolve("new/key.pub"));
        // A link to nowhere is there, too.
        Files.createSymbolicLink(name, folder.resolve("elsewhere"));
        assertRefused(InputException.class, () -> SigningKey.create(name), name + " exists");
        Files.delete(name);
        SigningKey.create(name);
        assertNotEquals(before, Files.readString(name));
    }

    @Test
    void refusesWhatNoTrustedKeySigned() throws IOException {
        Path trusted = KEYS.resolve("ed25519.pub");
        assertRefused(UntrustedModelException.class, () -> check(model, trusted), model + " is not signed", "trd sign");
        SigningKey other = SigningKey.create(folder.resolve("other"));
        sign(model, other);
        assertRefused(UntrustedModelException.class, () -> check(model, trusted), other.keyId(), "not among");
        check(model, trusted, folder.resolve("other.pub"));

        Path signature = folder.resolve("signed.bin.sig");
        String right = Files.readString(KEYS.resolve("signed.bin.sig"));
        Files.writeString(signature, right);
        byte[] content = Files.readAllBytes(model);
        for (byte[] changed : List.of(new byte[0], new byte[content.length], (new String(content) + "\n").getBytes())) {
            Files.write(model, changed);
            assertRefused(
                    UntrustedModelException.class,
                    () -> check(model, trusted),
                    model.toString(),
                    "the model was changed after it was signed");
        }
        Files.write(model, content);
        check(model, trusted);
        // Another's statement, or one that was edited, has not this signature.
        String otherBytes = right.replaceAll("bytes \\d+", "bytes 5");
        String otherHash = right.replaceAll("sha256 ..", "sha256 00");
        String otherSignature = right.replaceAll("ed25519 ....", "ed25519 AAAA");
        for (String forged : List.of(otherBytes, otherHash, otherSignature)) {
            assertNotEquals(right, forged);
            Files.writeString(signature, forged);
            assertRefused(
                    UntrustedModelException.class, () -> check(model, trusted), signature + " is damaged or forged");
        }
        for (String damaged : List.of(
                "",
                right.substring(0, right.length() - 1),
                right + right,
                right.replace("\n", "\r\n"),
                right.replace("==", "=A"),
                right.replaceAll("bytes \\d+", "bytes 99999999999999999999"),
                "x".repeat(1 << 20))) {
            Files.writeString(signature, damaged);
            assertRefused(UntrustedModelException.class, () -> check(model, trusted), signature + " is no signature");
        }
        Files.writeString(signature, right.replace("version 1", "version 2"));
        assertRefused(UntrustedModelException.class, () -> check(model, trusted), "version 2", "newer trd4j");
        Files.delete(signature);
        Files.createDirectory(signature);
        assertRefused(UntrustedModelException.class, () -> check(model, trusted), signature + " is a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "X25519", "Ed448"})
    void keysOfOtherAlgorithmsAreRefused(String algorithm) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        Path secret = Files.writeString(
                folder.resolve("secret"),
                Pem.text(Pem.PRIVATE, pair.getPrivate().getEncoded()));
        Path open = Files.writeString(
                folder.resolve("open"), Pem.text(Pem.PUBLIC, pair.getPublic().getEncoded()));
        assertRefused(InputException.class, () -> SigningKey.read(secret), secret + " holds no private key of Ed25519");
        assertRefused(
                InputException.class, () -> TrustedKeys.read(List.of(open)), open + " holds no public key of Ed25519");
    }

    @Test
    void whatIsNoKeyIsRefused() throws IOException {
        Path secret = KEYS.resolve("ed25519.pem");
        Path open = KEYS.resolve("ed25519.pub");
        assertRefused(InputException.class, () -> SigningKey.read(open), "a public key", "private key that belongs");
        assertRefused(
                InputException.class,
                () -> TrustedKeys.read(List.of(secret)),
                "a private key",
                "openssl pkey",
                "-pubout");
        assertRefused(InputException.class, () -> SigningKey.read(model), model + " holds no key in PEM format");
        assertRefused(InputException.class, () -> SigningKey.read(folder), "is a folder");
        assertRefused(InputException.class, () -> TrustedKeys.read(List.of(folder)), folder + " holds no public key");
        assertRefused(InputException.class, () -> TrustedKeys.read(List.of()), "no trusted key");
        String two = Files.readString(open).repeat(2);
        Path both = Files.writeString(folder.resolve("both"), two);
        assertRefused(InputException.class, () -> TrustedKeys.read(List.of(both)), "several keys");
        String label = "OPENSSH PRIVATE KEY";
        Path ssh = Files.writeString(folder.resolve("ssh"), Pem.text(label, new byte[40]));
        assertRefused(InputException.class, () -> SigningKey.read(ssh), label, "trd sign --new-key");
        Path damaged = Files.writeString(
                folder.resolve("damaged"),
                Files.readString(secret).replaceFirst("(?<=-----\n).", "").replaceFirst("=", ""));
        assertRefused(InputException.class, () -> SigningKey.read(damaged), damaged.toString(), "damaged");
        // 32 bytes that are no point of the curve: a key that signed nothing.
        byte[] encoding = Base64.getMimeDecoder().decode(Files.readString(open).replaceAll("-----.*-----", ""));
        Arrays.fill(encoding, 12, 44, (byte) 0xff);
        Path nowhere = Files.writeString(folder.resolve("nowhere"), Pem.text(Pem.PUBLIC, encoding));
        String id = TrustedKeys.read(List.of(nowhere)).ids().iterator().next();
        try (HashedFile content = HashedFile.open(model)) {
            String zeros = Base64.getEncoder().encodeToString(new byte[64]);
            new ModelSignature(content.sha256(), content.size(), id, zeros).write(ModelSignature.file(model));
        }
        assertRefused(UntrustedModelException.class, () -> check(model, nowhere), "damaged or forged");
    }

    @Test
    void keysAreComparedByTheirIdentity() throws IOException {
        Path open = KEYS.resolve("ed25519.pub");
        TrustedKeys one = TrustedKeys.read(List.of(open));
        assertEquals(one, TrustedKeys.read(List.of(open, KEYS)));
        assertEquals(one.hashCode(), TrustedKeys.read(List.of(KEYS)).hashCode());
        SigningKey.create(folder.resolve("other"));
        assertNotEquals(one, TrustedKeys.read(List.of(open, folder)));
    }
}
