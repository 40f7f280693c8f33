package io.trd4j.engine.cuda;

import io.trd4j.model.RegionOfInterest;
import io.trd4j.ops.MapOperators;
import io.trd4j.ops.OpTarget;
import org.bytedeco.javacpp.BytePointer;

/**
 * The tables that the maps of one model need on the device beside its calibration: the operators of upsampling and
 * blur, and which pixels count. Uploaded once; shared by all engines of the model, freed when the last of them closes
 * it.
 */
final class MapTables implements AutoCloseable {
    private final Device device;
    private final long memory;
    private final long operatorsBytes;
    private final long mask;
    private int users = 1;

    /** @param roi what counts for the scores; null = everything */
    MapTables(Device device, int size, RegionOfInterest roi) {
        this.device = device;
        device.use();
        try (OpTarget cpu = OpTarget.cpu();
                MapOperators operators = new MapOperators(cpu, size, size / 4, size / 8, size / 16)) {
            operatorsBytes = operators.memory().bytes();
            long maskOffset = DeviceAlignment.align(operatorsBytes);
            long pixels = (long) size * size;
            memory = device.allocate(roi == null ? operatorsBytes : maskOffset + pixels);
            mask = roi == null ? 0 : memory + maskOffset;
            try {
                device.upload(memory, operators.memory().start().address(), operatorsBytes);
                if (roi != null) {
                    try (BytePointer bytes = new BytePointer(roi.maskBytes())) {
                        device.upload(mask, bytes.address(), pixels);
                    }
                }
            } catch (RuntimeException | Error e) {
                device.free(memory);
                throw e;
            }
        }
    }

    /** Device copy of {@link MapOperators}. */
    long operators() {
        return memory;
    }

    long operatorsBytes() {
        return operatorsBytes;
    }

    /** Device address of uint8 [S, S]; 0 when every pixel counts. */
    long mask() {
        return mask;
    }

    /** One more user, who must close it too. */
    synchronized MapTables share() {
        if (users == 0) {
            throw new IllegalStateException("the tables are freed");
        }
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        if (users > 0 && --users == 0) {
            device.use();
            device.free(memory);
        }
    }
}
