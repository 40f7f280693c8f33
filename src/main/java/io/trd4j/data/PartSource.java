package io.trd4j.data;

import io.trd4j.io.InputException;
import java.io.IOException;

/** A part that is brought into memory when it is needed: from files, a camera, or an application's own store. */
@FunctionalInterface
public interface PartSource {
    /**
     * @throws InputException when it cannot be used
     * @throws IOException when it cannot be read
     */
    Part load() throws IOException;
}
