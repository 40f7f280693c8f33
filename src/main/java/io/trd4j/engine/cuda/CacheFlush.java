package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.NetworkPart;
import java.util.ArrayList;
import java.util.List;

/** For measurements: fills memory, so that the caches hold nothing of the inputs; waits for what ran before. */
record CacheFlush(Buffer memory, List<Buffer> inputs, List<Buffer> outputs) implements CudaStep {
    @Override
    public String name() {
        return "flush";
    }

    /** Of a measurement, not of the network: listed nowhere. */
    @Override
    public NetworkPart part() {
        return NetworkPart.TEACHER;
    }

    @Override
    public StreamRole stream() {
        return StreamRole.MAIN;
    }

    @Override
    public List<Buffer> reads() {
        return outputs;
    }

    @Override
    public List<Buffer> writes() {
        List<Buffer> writes = new ArrayList<>(inputs);
        writes.add(memory);
        return writes;
    }

    @Override
    public String implementation() {
        return "fill";
    }

    @Override
    public void record(Recording r) {
        r.device().fill(r.stream(stream()), r.address(memory), 0, memory.bytes());
    }
}
