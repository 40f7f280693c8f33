package io.trd4j.cli;

import io.trd4j.inspect.NativeVersions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.stream.Stream;
import picocli.CommandLine.IVersionProvider;

/** The version that Maven put into the jar, for {@code --version} and the reports. */
final class Version implements IVersionProvider {
    private static final String RESOURCE = "version.properties";

    static String number() {
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar; build it again");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"trd4j " + number()};
    }

    /** For {@code trd --version}: the native libraries too, which a fault report needs. */
    static final class WithNatives implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return Stream.concat(Stream.of("trd4j " + number()), NativeVersions.describe().stream()).toArray(String[]::new);
        }
    }
}
