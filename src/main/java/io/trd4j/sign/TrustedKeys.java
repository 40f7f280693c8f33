package io.trd4j.sign;

import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Public keys of Ed25519 whose owners' models are accepted. Immutable. Equal when they hold the same keys. */
public final class TrustedKeys {
    private static final String SUFFIX = ".pub";
    /** By their identity. */
    private final Map<String, PublicKey> keys;

    private TrustedKeys(Map<String, PublicKey> keys) {
        this.keys = Map.copyOf(keys);
    }

    /**
     * Reads public keys: SubjectPublicKeyInfo in PEM, one in a file.
     *
     * @param places files, or folders of which every file {@code *.pub} is read
     * @throws InputException when there is no key, or a file holds something else
     * @throws IOException when a file cannot be read
     */
    public static TrustedKeys read(Collection<Path> places) throws IOException {
        Map<String, PublicKey> keys = new LinkedHashMap<>();
        for (Path place : places) {
            for (Path file : Files.isDirectory(place) ? inside(place) : List.of(place)) {
                PublicKey key = PublicKeys.read(file);
                keys.put(PublicKeys.id(key), key);
            }
        }
        if (keys.isEmpty()) {
            throw new InputException("no trusted key is given; give files with public keys, or folders of them");
        }
        return new TrustedKeys(keys);
    }

    private static List<Path> inside(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new InputException(
                        folder + " holds no public key, no file *" + SUFFIX + "; put some there, or give a file");
            }
            return found;
        }
    }

    /** SHA-256 of each key's SubjectPublicKeyInfo, 64 hexadecimal digits. */
    public Set<String> ids() {
        return keys.keySet();
    }

    /** Checks a model with the signature beside it; as {@link #require(HashedFile, Path)}. */
    public ModelSignature require(HashedFile model) throws IOException {
        return require(model, ModelSignature.file(model.path()));
    }

    /**
     * Checks that one of these keys signed exactly the bytes that were hashed.
     *
     * @param file of the signature
     * @return it
     * @throws UntrustedModelException when it did not
     * @throws IOException when the signature cannot be read
     */
    public ModelSignature require(HashedFile model, Path file) throws IOException {
        ModelSignature signature = read(model.path(), file);
        PublicKey key = keys.get(signature.keyId());
        if (key == null) {
            throw new UntrustedModelException(model.path() + " is signed by the key " + signature.keyId()
                    + ", which is not among the trusted; trust its public key, or have the model signed by a trusted "
                    + "one");
        }
        if (!PublicKeys.signed(key, signature.statement(), signature.signature())) {
            throw new UntrustedModelException(file + " is damaged or forged: the key " + signature.keyId()
                    + " did not sign what it says; " + again(model.path()));
        }
        if (!signature.fits(model)) {
            throw new UntrustedModelException(model.path() + ": the model was changed after it was signed; if the "
                    + "change is meant, " + again(model.path()));
        }
        return signature;
    }

    private static ModelSignature read(Path model, Path file) throws IOException {
        try {
            return ModelSignature.read(file);
        } catch (NoSuchFileException e) {
            throw new UntrustedModelException(model + " is not signed: there is no " + file + "; " + again(model));
        }
    }

    private static String again(Path model) {
        return "sign it: trd sign --model " + model + " --key PRIVATE.pem";
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TrustedKeys other && keys.keySet().equals(other.keys.keySet());
    }

    @Override
    public int hashCode() {
        return keys.keySet().hashCode();
    }

    /** The keys' identities. */
    @Override
    public String toString() {
        return "TrustedKeys" + keys.keySet();
    }
}
