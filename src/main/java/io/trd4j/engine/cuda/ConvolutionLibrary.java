package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.PlanOp;
import java.util.function.Supplier;

/** A library that computes convolutions beside libtrd: weights and bias in the features' type, channels-last. */
interface ConvolutionLibrary {
    /** For listings. */
    String name();

    /** Name and versions: another one may compute otherwise. */
    String version();

    /** Whether it has the convolution. */
    boolean supports(PlanOp.Convolution convolution);

    /**
     * Queues the convolution on a stream. The result lies at the output's place afterwards, or elsewhere when the
     * output is all of its buffer and the recording was told ({@link Recording#moved}); what holds it is the
     * recording's.
     */
    void record(PlacedConvolution layer, StreamRole stream, Recording r);

    /** Settings of the calling thread while it records eagerly. */
    Scope enter();

    /** Memory for one graph: what the library allocates while it is captured belongs to it. */
    Pool pool(long[] streams);

    /** Ends with close, in the thread that began it. */
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** Closed after the graph. */
    interface Pool extends AutoCloseable {
        Device.Graph during(Supplier<Device.Graph> capture);

        @Override
        void close();
    }
}
