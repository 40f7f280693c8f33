package io.trd4j.hostile;

import java.io.IOException;
import java.nio.file.Path;

/** The readers of images in a process of their own. */
final class HostileImages {
    private HostileImages() {}

    /** @param args the folder for the files */
    public static void main(String[] args) throws IOException {
        for (HostileReader reader : Readers.images()) {
            Hostile.check(reader, Path.of(args[0]));
        }
    }
}
