package io.trd4j.inspect;

import io.trd4j.io.FileState;
import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.ModelFile;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;

/** The file that a model is opened from: whether it may be, and which bytes these were. */
final class ModelSource {
    private final Path path;
    private FileState opened;
    private String sha256;
    private String signedBy;

    ModelSource(Path path) {
        this.path = path;
    }

    /**
     * Opens it; called once, before the others.
     *
     * @param options whose keys must have signed it, and whether its weights are compared with their checksums
     * @throws io.trd4j.sign.UntrustedModelException when none of these keys signed it; nothing of it was parsed then
     * @throws InputException when it is no sound model
     */
    synchronized ModelFile open(InspectorOptions options) throws IOException {
        TrustedKeys trusted = options.trustedKeys();
        if (trusted == null) {
            // Before the file is opened: what is changed meanwhile is then another state.
            opened = FileState.ofExisting(path);
            ModelFile file = ModelFile.open(path);
            return options.verifiedWeights() ? file : file.vouchedFor();
        }
        HashedFile content = HashedFile.open(path);
        try {
            signedBy = trusted.require(content).keyId();
            sha256 = content.sha256();
        } catch (IOException | RuntimeException | Error e) {
            content.close();
            throw e;
        }
        // All of it is what was signed.
        return ModelFile.open(content).vouchedFor();
    }

    /** Of the bytes that were opened. @throws InputException when the file is another one now, and nobody knows */
    synchronized String sha256() throws IOException {
        if (sha256 == null) {
            String now = Sha256.of(path);
            if (!FileState.ofExisting(path).sameContent(opened)) {
                throw new InputException(path + " was changed after it was opened, so that its checksum is not that of "
                        + "the model in use; open it again");
            }
            sha256 = now;
        }
        return sha256;
    }

    /** The trusted key; null = none was asked for. */
    synchronized String signedBy() {
        return signedBy;
    }
}
