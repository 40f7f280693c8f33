package io.trd4j.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Versions of this build, which Maven put into the jar. */
public final class ProductVersion {
    private static final String RESOURCE = "version.properties";

    private ProductVersion() {}

    /**
     * Such as {@code 0.1.0}.
     *
     * @throws IllegalStateException when the jar is incomplete
     */
    public static String number() {
        return of("version");
    }

    /** Of Chart.js, in whose jar it is a folder. */
    static String ofChartJs() {
        return of("chart.js");
    }

    private static String of(String name) {
        try (InputStream in = ProductVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar; build it again");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
