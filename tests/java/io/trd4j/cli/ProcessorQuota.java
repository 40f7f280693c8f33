package io.trd4j.cli;

import io.trd4j.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control group that may use one processor's time, as a container has it; made where the system lets the tests. */
final class ProcessorQuota implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Path group;

    private ProcessorQuota(Path group) {
        this.group = group;
    }

    /** Skips the test where the system does not. */
    static ProcessorQuota ofOneProcessor() {
        ProcessorQuota quota = null;
        String name = "trd-test-" + ProcessHandle.current().pid();
        try {
            if (Files.exists(ROOT.resolve("cpu/cpu.cfs_quota_us"))) {
                quota = new ProcessorQuota(
                        Files.createDirectory(ROOT.resolve("cpu").resolve(name)));
                Files.writeString(quota.group.resolve("cpu.cfs_quota_us"), "100000");
            } else {
                quota = new ProcessorQuota(Files.createDirectory(ROOT.resolve(name)));
                Files.writeString(quota.group.resolve("cpu.max"), "100000 100000");
            }
            return quota;
        } catch (IOException e) {
            if (quota != null) {
                quota.close();
            }
            Needs.that(false, "a control group with a quota of processors");
            throw new AssertionError(e);
        }
    }

    /** For {@link Cli#before}. */
    String enter() {
        return "echo $$ >" + group.resolve("cgroup.procs");
    }

    /** Its processes have ended. */
    @Override
    public void close() {
        // Not a folder's content: the system removes it.
        if (!group.toFile().delete()) {
            throw new AssertionError(group + " cannot be removed");
        }
    }
}
