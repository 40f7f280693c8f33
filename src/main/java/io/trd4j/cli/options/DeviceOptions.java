package io.trd4j.cli.options;

import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.TrainingDevice;
import io.trd4j.io.InputException;
import io.trd4j.model.Precision;
import io.trd4j.model.network.TorchDevice;
import picocli.CommandLine.Option;

/** Where a verb computes, shared by all verbs that run the network. */
public final class DeviceOptions {
    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda|cuda:N",
            defaultValue = "auto",
            description = "Where to compute: cuda = the first NVIDIA GPU, cuda:N = that of this number; auto = the "
                    + "first GPU if it can "
                    + "be used, else the CPU. Calibration runs on the CPU (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "CPU threads; 0 = one per core, and in inspection one alone while other processes want "
                    + "the cores (default: ${DEFAULT-VALUE}).")
    private int threads;

    /** Checks the option; whether the device exists is found when it is opened. */
    DeviceChoice choice() {
        return DeviceChoice.of(device);
    }

    /** Checks the option for a verb that trains; loads what LibTorch needs there. */
    public TorchDevice training() {
        return TrainingDevice.of(choice());
    }

    /** Checks both options for a verb that has the CPU only; returns the number of CPU threads. */
    int cpuThreads() {
        if (choice().kind() == DeviceChoice.Kind.CUDA) {
            throw new InputException(
                    "--device " + device + " is not available here: this runs on the CPU; use auto or cpu");
        }
        return threads();
    }

    /** Checks both options for a verb that inspects with a model that it has trained. */
    public InspectorOptions inspection() {
        return new InspectorOptions(givenThreads(), Precision.AUTO).withDevice(choice());
    }

    /** Checks the option; returns the number of CPU threads. */
    public int threads() {
        return givenThreads() == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Checks the option; returns it as it was given: 0 leaves the number to the inspector. */
    int givenThreads() {
        if (threads < 0 || threads > 1024) {
            throw new InputException("--threads " + threads + " is out of range; use 0 (one per core) to 1024");
        }
        return threads;
    }
}
