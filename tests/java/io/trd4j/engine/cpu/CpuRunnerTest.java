package io.trd4j.engine.cpu;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.trd4j.model.Backbone;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The folded oneDNN plan against the unfolded LibTorch network. Under a cap (InstructionSetTest) one backbone of each
 * kind of block: depth and width are no matter of instructions.
 */
class CpuRunnerTest {
    private static final String CAP = "ONEDNN_MAX_CPU_ISA";

    private static Arguments[] those(Arguments... sizes) {
        return sizes;
    }

    @Nested
    class Resnet18 extends BackboneChecks {
        Resnet18() {
            super(
                    Backbone.RESNET18,
                    System.getenv(CAP) == null
                            ? those(arguments(32, 1), arguments(64, 2), arguments(96, 3), arguments(160, 3))
                            : those(arguments(32, 1), arguments(96, 3)));
        }
    }

    @Nested
    @DisabledIfEnvironmentVariable(named = CAP, matches = ".+", disabledReason = "needs no cap of the instruction set")
    class Resnet34 extends BackboneChecks {
        Resnet34() {
            super(Backbone.RESNET34, arguments(96, 2));
        }
    }

    @Nested
    class Resnet50 extends BackboneChecks {
        Resnet50() {
            super(Backbone.RESNET50, arguments(System.getenv(CAP) == null ? 128 : 64, 2));
        }
    }

    @Nested
    @DisabledIfEnvironmentVariable(named = CAP, matches = ".+", disabledReason = "needs no cap of the instruction set")
    class WideResnet50 extends BackboneChecks {
        WideResnet50() {
            super(Backbone.WIDE_RESNET50_2, arguments(64, 2));
        }
    }
}
