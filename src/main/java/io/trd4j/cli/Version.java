package io.trd4j.cli;

import io.trd4j.inspect.NativeVersions;
import io.trd4j.io.ProductVersion;
import java.util.stream.Stream;
import picocli.CommandLine.IVersionProvider;

/** The version, for {@code --version} of a verb. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"trd4j " + ProductVersion.number()};
    }

    /** For {@code trd --version}: the versions of the native libraries too. It loads none of them. */
    static final class WithNatives implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return Stream.concat(Stream.of("trd4j " + ProductVersion.number()), NativeVersions.packed().stream())
                    .toArray(String[]::new);
        }
    }
}
