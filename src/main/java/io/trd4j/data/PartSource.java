package io.trd4j.data;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.util.List;

/**
 * A part that is brought into memory when it is needed: from files, a camera, or an application's own store.
 * {@link #inMemory} makes sources of parts that are there already.
 */
@FunctionalInterface
public interface PartSource {
    /**
     * @throws InputException when it cannot be used
     * @throws IOException when it cannot be read
     */
    Part load() throws IOException;

    /**
     * The same part, where its colour image uses so many bits of its samples: of 16-bit files, what a model remembers.
     * Sources that have none of these are what they are.
     */
    default PartSource withColorBits(int bits) {
        return this;
    }

    /** The same of each part, in the same order. */
    static List<PartSource> withColorBits(List<? extends PartSource> parts, int bits) {
        return parts.stream().<PartSource>map(part -> part.withColorBits(bits)).toList();
    }

    /**
     * Parts that are in memory already, each as its memory is when it is loaded.
     *
     * @return in the same order
     */
    static List<PartSource> inMemory(List<Part> parts) {
        return parts.stream()
                .<PartSource>map(part -> () -> {
                    part.update();
                    return part;
                })
                .toList();
    }

    /**
     * Identity of this part's images, for the evidence of what was computed from them: SHA-256 of the colour image and
     * of the second modality, of those there are. Here over what is in memory: width and height as text, then the
     * pixels or points, row by row, floats little-endian; sources that read files take the files' bytes.
     *
     * @param loaded what {@link #load} gave
     * @return each with 64 hexadecimal digits
     * @throws IOException when a file cannot be read
     */
    default List<String> checksums(Part loaded) throws IOException {
        return loaded.checksums();
    }
}
