package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.PlanOp;

/** Which convolutions another library computes in libtrd's place. */
@FunctionalInterface
interface ConvolutionChoice {
    ConvolutionChoice LIBTRD = c -> false;

    boolean isLibrary(PlanOp.Convolution convolution);
}
