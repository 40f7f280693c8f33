package io.trd4j.cli;

import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.ModelFile;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd sign}: a signature beside a model file, or a pair of keys to sign with. */
@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sign a model file with an Ed25519 key, into FILE.sig beside it; or make a pair of keys.",
            "A signature is checked by trd verify; trd inspect --trusted refuses models that no trusted key signed."
        })
final class SignCommand implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "FILE", description = "The model file; it stays as it is.")
    private Path model;

    @Option(
            names = "--key",
            paramLabel = "PRIVATE.pem",
            description = "The private key: PKCS#8 in PEM, not encrypted, as --new-key and openssl genpkey write it.")
    private Path key;

    @Option(
            names = "--signature",
            paramLabel = "FILE",
            description = "Write the signature to this file in place of the model's name and .sig, where trd inspect "
                    + "looks for it; replaced.")
    private Path signature;

    @Option(
            names = "--new-key",
            paramLabel = "NAME",
            description = "Make a pair of keys instead: NAME, private, for your eyes alone, and NAME.pub, public, for "
                    + "whoever checks. Neither may exist.")
    private Path newKey;

    @Override
    public Integer call() throws IOException {
        if (newKey != null) {
            if (model != null || key != null || signature != null) {
                throw new InputException(
                        "--new-key makes a pair of keys and signs nothing; give it alone, then --model and --key");
            }
            SigningKey made = SigningKey.create(newKey);
            System.out.println("wrote " + newKey + " (private: keep it) and " + SigningKey.publicFile(newKey)
                    + " (public: give it away); the key is " + made.keyId());
            return 0;
        }
        if (model == null || key == null) {
            throw new InputException("give --model and --key to sign, or --new-key to make a pair of keys");
        }
        Path file = signature == null ? ModelSignature.file(model) : signature;
        Writable.requireOther("--signature", file, "--model", model);
        Writable.requireOther("--signature", file, "--key", key);
        SigningKey secret = SigningKey.read(key);
        requireSignature(file);
        // The bytes that are found to be a model are those that are signed; nobody signs a damaged one.
        HashedFile content = HashedFile.open(model);
        try (ModelFile checked = ModelFile.open(content)) {
            checked.requireIntact();
            ModelSignature.of(content, secret).write(file);
            System.out.println(
                    "wrote " + file + ": " + checked.info().backbone().key() + ", size "
                            + checked.info().size() + ", " + content.size() + " bytes with SHA-256 " + content.sha256()
                            + ", signed by the key " + secret.keyId());
        }
        return 0;
    }

    /** Only a signature of ours is replaced: the name is also that of others', and of keys by mistake. */
    private static void requireSignature(Path file) throws IOException {
        if (Files.exists(file)) {
            try {
                ModelSignature.read(file);
            } catch (InputException e) {
                throw new InputException(
                        file + " exists and is no signature of trd4j; move it away, or give another --signature", e);
            }
        }
    }
}
