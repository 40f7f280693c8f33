package io.trd4j.sign;

import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Set;

/** A private key of Ed25519, with which models are signed, and its public one. */
public final class SigningKey {
    private final PrivateKey secret;
    private final PublicKey known;

    private SigningKey(PrivateKey secret, PublicKey known) {
        this.secret = secret;
        this.known = known;
    }

    /**
     * Reads a private key: PKCS#8 in PEM, not encrypted.
     *
     * @throws InputException when the file holds something else
     * @throws IOException when it cannot be read
     */
    public static SigningKey read(Path file) throws IOException {
        PrivateKey secret = Pem.read(
                file, Pem.PRIVATE, (keys, encoding) -> keys.generatePrivate(new PKCS8EncodedKeySpec(encoding)));
        return new SigningKey(secret, publicOf(secret));
    }

    /**
     * Makes a pair and writes it: the private key as PKCS#8 into {@code file}, for its owner's eyes alone (mode 600
     * where the file system has modes), the public one as SubjectPublicKeyInfo into {@code file.pub}.
     *
     * @throws InputException when one of both files exists: a key is never overwritten
     * @throws IOException when they cannot be written; neither is there then
     */
    public static SigningKey create(Path file) throws IOException {
        Path open = publicFile(file);
        for (Path each : new Path[] {file, open}) {
            Writable.requireFile(each);
            if (Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
                throw exists(each);
            }
        }
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance(Pem.ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java from 15 on has Ed25519", e);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        boolean modes = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        writeNew(
                file,
                Pem.text(Pem.PRIVATE, pair.getPrivate().getEncoded()),
                modes
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0]);
        try {
            writeNew(open, Pem.text(Pem.PUBLIC, pair.getPublic().getEncoded()));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return new SigningKey(pair.getPrivate(), pair.getPublic());
    }

    /** Where {@link #create} puts the public key of the pair. */
    public static Path publicFile(Path file) {
        return file.resolveSibling(file.getFileName() + ".pub");
    }

    /** Not by way of a temporary file: to move one would overwrite a key that somebody else wrote meanwhile. */
    private static void writeNew(Path file, String text, FileAttribute<?>... attributes) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw new IOException(file + " cannot be written: " + e.getMessage() + "; make room on the disk", e);
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        }
    }

    private static InputException exists(Path file) {
        return new InputException(file + " exists, and keys are never overwritten; choose another name");
    }

    /** The key that others need to check signatures: SHA-256 of its SubjectPublicKeyInfo, 64 hexadecimal digits. */
    public String keyId() {
        return PublicKeys.id(known);
    }

    /** Ed25519's signature, 64 bytes. */
    byte[] sign(byte[] message) {
        return sign(secret, message);
    }

    private static byte[] sign(PrivateKey secret, byte[] message) {
        try {
            Signature signature = Signature.getInstance(Pem.ALGORITHM);
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key of Ed25519 signs everything", e);
        }
    }

    /**
     * The public key, which PKCS#8 leaves out: Java computes it where it makes a pair, from the 32 bytes that it draws
     * as the private key. Here these bytes are drawn. What comes out is tried on a signature.
     */
    private static PublicKey publicOf(PrivateKey secret) {
        byte[] drawn = ((EdECPrivateKey) secret)
                .getBytes()
                .orElseThrow(() -> new IllegalStateException("the private key does not show its bytes"));
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(Pem.ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Drawn(drawn));
            PublicKey key = generator.generateKeyPair().getPublic();
            if (!PublicKeys.signed(key, drawn, sign(secret, drawn))) {
                throw new IllegalStateException("this Java's Ed25519 does not tell the public key of a private one");
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java from 15 on has Ed25519", e);
        }
    }

    /** Draws the bytes that it was given. */
    private static final class Drawn extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Drawn(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
