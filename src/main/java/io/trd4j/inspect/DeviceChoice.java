package io.trd4j.inspect;

import io.trd4j.io.InputException;
import io.trd4j.io.Nearest;
import java.util.List;
import java.util.Objects;

/**
 * Where an inspector computes.
 *
 * @param index of the GPU, from 0, in the driver's order; 0 unless the kind is CUDA
 */
public record DeviceChoice(Kind kind, int index) {
    /** The first GPU when it can be used, else the CPU. */
    public static final DeviceChoice AUTO = new DeviceChoice(Kind.AUTO, 0);

    public static final DeviceChoice CPU = new DeviceChoice(Kind.CPU, 0);

    private static final List<String> WORDS = List.of("auto", "cpu", "cuda");

    /** The kind of device that is asked for. */
    public enum Kind {
        AUTO,
        CPU,
        CUDA
    }

    public DeviceChoice {
        Objects.requireNonNull(kind, "kind");
        if (index < 0 || index > 0 && kind != Kind.CUDA) {
            throw new IllegalArgumentException("device index " + index + " for " + kind);
        }
    }

    /** An NVIDIA GPU. */
    public static DeviceChoice cuda(int index) {
        return new DeviceChoice(Kind.CUDA, index);
    }

    /** As on the command line: {@code auto, cpu, cuda, cuda:N}. */
    public String key() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
        };
    }

    /** @throws InputException for anything but {@code auto, cpu, cuda, cuda:N} */
    public static DeviceChoice of(String key) {
        switch (key) {
            case "auto":
                return AUTO;
            case "cpu":
                return CPU;
            case "cuda":
                return cuda(0);
            default:
                if (key.matches("cuda:\\d{1,4}")) {
                    return cuda(Integer.parseInt(key.substring("cuda:".length())));
                }
                throw new InputException("unknown device '" + key + "'" + Nearest.hint(key, WORDS)
                        + "; use auto, cpu, cuda or cuda:N, the GPU's number from 0");
        }
    }
}
