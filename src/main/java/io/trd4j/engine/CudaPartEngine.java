package io.trd4j.engine;

import io.trd4j.data.Part;
import io.trd4j.engine.cuda.CudaPart;
import io.trd4j.engine.cuda.HostMemory;
import io.trd4j.model.Precision;
import java.nio.ByteBuffer;

/** Inspects parts on a GPU. A part is one launch of one graph, so that its stages have no times of their own. */
final class CudaPartEngine implements PartEngine {
    private final CudaPart part;
    private final boolean copyMaps;

    /** Takes the part over. */
    CudaPartEngine(CudaPart part, boolean copyMaps) {
        this.part = part;
        this.copyMaps = copyMaps;
    }

    @Override
    public Precision precision() {
        return part.precision();
    }

    @Override
    public String device() {
        return part.device();
    }

    @Override
    public void warmUp() {
        part.warmUp();
    }

    @Override
    public void inspect(Part raw, Inspection result) {
        part.run(raw);
        long done = System.nanoTime();
        result.score = part.score(0);
        result.scoreRgb = part.score(1);
        result.scoreDepth = part.score(2);
        if (copyMaps) {
            part.copyMaps(result.map, result.mapRgb, result.mapDepth);
        }
        result.prepareNanos = part.stagedNanos();
        result.networkNanos = part.deviceNanos();
        result.anomalyMapNanos = System.nanoTime() - done;
    }

    @Override
    public PartEngine duplicate() {
        return new CudaPartEngine(part.duplicate(), copyMaps);
    }

    @Override
    public Memory allocateInput(long bytes) {
        HostMemory memory = part.allocateInput(bytes);
        return new Memory() {
            @Override
            public ByteBuffer buffer() {
                return memory.buffer();
            }

            @Override
            public void close() {
                part.freeInput(memory);
            }
        };
    }

    @Override
    public void close() {
        part.close();
    }
}
