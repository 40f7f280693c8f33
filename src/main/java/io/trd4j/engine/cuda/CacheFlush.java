package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import java.util.ArrayList;
import java.util.List;

/** For measurements: fills memory, so that the caches hold nothing of the inputs; waits for what ran before. */
record CacheFlush(Buffer memory, List<Buffer> inputs, List<Buffer> outputs) implements CudaStep {
    @Override
    public String name() {
        return "flush";
    }

    @Override
    public int stream() {
        return Schedule.MAIN;
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
    public void record(Recorder r) {
        r.device().fill(r.stream(stream()), r.address(memory), 0, memory.bytes);
    }
}
