package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.fail;

import io.trd4j.Needs;
import io.trd4j.engine.cuda.CudaSupport;

/** Tests that need a GPU skip without one; with TRD_REQUIRE_CUDA=1 they fail. */
public final class Gpu {
    private Gpu() {}

    public static void require() {
        String reason = CudaSupport.check(0).reason();
        if (reason != null && "1".equals(System.getenv("TRD_REQUIRE_CUDA"))) {
            fail("TRD_REQUIRE_CUDA=1, but " + reason);
        }
        Needs.that(reason == null, "a GPU");
    }
}
