package io.trd4j.cli;

import io.trd4j.io.InputException;
import picocli.CommandLine.Option;

/** Where a verb computes, shared by all verbs that run the network. */
final class Device {
    @Option(names = "--device", paramLabel = "auto|cpu", defaultValue = "auto",
            description = "Where to compute (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "CPU threads; 0 = one per core (default: ${DEFAULT-VALUE}).")
    private int threads;

    /** Checks both options; returns the number of CPU threads. */
    int threads() {
        if (!device.equals("auto") && !device.equals("cpu")) {
            throw new InputException("--device " + device + " is not available: this version computes on the CPU; use auto or cpu");
        }
        if (threads < 0 || threads > 1024) {
            throw new InputException("--threads " + threads + " is out of range; use 0 (one per core) to 1024");
        }
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
