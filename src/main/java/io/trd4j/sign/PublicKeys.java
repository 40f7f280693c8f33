package io.trd4j.sign;

import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/** Public keys of Ed25519. */
final class PublicKeys {
    private PublicKeys() {}

    /** @throws io.trd4j.io.InputException when the file holds no such key in PEM */
    static PublicKey read(Path file) throws IOException {
        return Pem.read(file, Pem.PUBLIC, (keys, encoding) -> keys.generatePublic(new X509EncodedKeySpec(encoding)));
    }

    /** Its name: SHA-256 of its encoding as SubjectPublicKeyInfo, 64 hexadecimal digits. */
    static String id(PublicKey key) {
        return new Sha256().add(key.getEncoded()).hex();
    }

    /** Whether the key's owner signed these bytes. */
    static boolean signed(PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature check = Signature.getInstance(Pem.ALGORITHM);
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            // A key that is no point of the curve, a signature of another length: nothing that it ever signed.
            return false;
        }
    }
}
