package io.trd4j.audit;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Identity of a part's images, each as 64 hexadecimal digits.
 *
 * @param rgb SHA-256 of the colour image; null = it is missing, or could not be read
 * @param xyz SHA-256 of the second modality, points or normals; null = the same
 */
public record InputHashes(String rgb, String xyz) {
    /** Of a part that is not known any better. */
    public static final InputHashes UNKNOWN = new InputHashes(null, null);

    /**
     * Of what is in memory, as it is now: over width and height as text, {@code 800x600}, then the pixels (red, green,
     * blue, a byte each) or the points (x, y, z, little-endian floats, metres), row by row. What the caller's memory
     * holds in another layout is hashed as the last inspection converted it.
     */
    public static InputHashes of(Part part) {
        try {
            PartSource source = () -> part;
            List<String> hashes = source.checksums(part);
            String rgb = part.rgb() == null ? null : hashes.get(0);
            return new InputHashes(rgb, part.hasSecond() ? hashes.get(hashes.size() - 1) : null);
        } catch (IOException e) {
            throw new IllegalStateException("memory can always be read", e);
        }
    }

    /** Of the files' bytes. @throws IOException when one cannot be read */
    public static InputHashes of(PartFiles files) throws IOException {
        return new InputHashes(hash(files.rgb()), hash(files.second()));
    }

    /** Of the files' bytes, of a part that is refused: null where a file cannot be read. */
    public static InputHashes ofReadable(PartFiles files) {
        return new InputHashes(hashOrNull(files.rgb()), hashOrNull(files.second()));
    }

    private static String hash(Path file) throws IOException {
        return file == null ? null : Sha256.of(file);
    }

    private static String hashOrNull(Path file) {
        try {
            return hash(file);
        } catch (IOException e) {
            // Why, is said by whoever refuses the part.
            return null;
        }
    }
}
