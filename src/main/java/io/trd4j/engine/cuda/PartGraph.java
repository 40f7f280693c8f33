package io.trd4j.engine.cuda;

import io.trd4j.data.GroundPlane;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Pixels;
import io.trd4j.ops.Workspace;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The graph for parts of one geometry: raw image and points to the device, preparation, network, maps, results to the
 * host. Inputs in memory that the device can read itself are taken from there, each such buffer by a graph of its own;
 * others are copied to page-locked memory first.
 */
final class PartGraph implements Recorder.Inputs, AutoCloseable {
    private static final long PLANE_BYTES = (long) GroundPlane.VALUES * Float.BYTES;

    private final Raw rgb;
    private final Raw second;
    private final Geometry geometry;
    private final int size;
    private Session.Captured captured;
    private long stagingNanos;

    /** One raw input: where it comes from, where it goes, and the preparation's tables there. */
    private static final class Raw implements AutoCloseable {
        final Device device;
        final boolean colour;
        final int width;
        final int height;
        /** Of the caller's own buffer, when the device reads it in place; 0 when it is copied. */
        final long pinned;

        final long pinnedStride;
        /** Rows that are copied: for the depth image only those that its nearest-neighbour resize looks at. */
        final int rows;

        final long stride;
        final HostMemory staging;
        final FloatBuffer points;
        /** Of the plane below the points; null where nobody asks for it. */
        final HostMemory plane;

        final FloatBuffer planeValues;
        private long memory;
        long workspace;
        long workspaceBytes;

        Raw(Device device, Pixels<?, ?> pixels, long pinned, boolean colour, int rowsNeeded, boolean onPlane) {
            this.device = device;
            this.colour = colour;
            this.pinned = pinned;
            width = pixels.width();
            height = pixels.height();
            pinnedStride = pixels.strideBytes();
            rows = pinned == 0 ? Math.min(height, rowsNeeded) : height;
            long pixel = colour ? 3 : 3 * Float.BYTES;
            stride = pinned == 0 ? pixel * width : pinnedStride;
            staging = pinned == 0 ? new HostMemory(device, stride * rows) : null;
            points = staging == null || colour ? null : staging.buffer().asFloatBuffer();
            try {
                plane = onPlane ? new HostMemory(device, PLANE_BYTES) : null;
            } catch (RuntimeException | Error e) {
                if (staging != null) {
                    staging.close();
                }
                throw e;
            }
            planeValues = onPlane ? plane.buffer().asFloatBuffer() : null;
        }

        boolean fits(Pixels<?, ?> pixels, long address, boolean isColour) {
            return colour == isColour
                    && width == pixels.width()
                    && height == pixels.height()
                    && pinned == address
                    && (pinned == 0 || pinnedStride == pixels.strideBytes());
        }

        /** Bytes from the first row's begin to the last row's end. */
        long bytes() {
            return (rows - 1) * stride + (colour ? 3L : 3L * Float.BYTES) * width;
        }

        void allocate(Workspace tables) {
            long image = DeviceAlignment.align(bytes()) + DeviceAlignment.align(PLANE_BYTES);
            memory = device.allocate(image + tables.bytes());
            workspace = memory + image;
            workspaceBytes = tables.bytes();
            device.upload(workspace, tables.start().address(), workspaceBytes);
        }

        void stage(Pixels<byte[], BytePointer> image) {
            if (staging != null) {
                Pixels.copy(image, staging.buffer());
            }
        }

        void stagePoints(Pixels<float[], FloatPointer> cloud) {
            if (staging != null) {
                Pixels.copyRows(cloud, rows, points);
            }
        }

        void stagePlane(float[] values) {
            if (planeValues != null) {
                planeValues.put(0, values);
            }
        }

        /** Queues the plane's copy behind the points. @return where it is on the device */
        long copyPlane(long stream) {
            long to = memory + DeviceAlignment.align(bytes());
            device.copyToDevice(stream, to, plane.address(), PLANE_BYTES);
            return to;
        }

        void copy(long stream) {
            device.copyToDevice(stream, memory, staging == null ? pinned : staging.address(), bytes());
        }

        @Override
        public void close() {
            if (memory != 0) {
                device.free(memory);
                memory = 0;
            }
            if (staging != null) {
                staging.close();
            }
            if (plane != null) {
                plane.close();
            }
        }
    }

    /** With the inputs of its first part, which are staged: {@link #run} may follow. */
    PartGraph(Session session, Recorder.Outputs outputs, RawInputs inputs, PinnedBuffers pinned, Geometry geometry) {
        this.geometry = geometry;
        size = session.network().plan().size();
        Device device = session.device();
        Pixels<?, ?> image = inputs.colour();
        Pixels<?, ?> other = inputs.second();
        boolean asImage = inputs.image() != null;
        int rowsNeeded = !asImage && geometry.modality() == Modality.DEPTH ? size : Integer.MAX_VALUE;
        rgb = new Raw(device, image, pinned.address(image.address()), true, Integer.MAX_VALUE, false);
        Raw made = null;
        try {
            made = new Raw(
                    device,
                    other,
                    pinned.address(other.address()),
                    asImage,
                    rowsNeeded,
                    !asImage && geometry.modality() == Modality.METRIC);
            tables(rgb);
            tables(made);
        } catch (RuntimeException | Error e) {
            rgb.close();
            if (made != null) {
                made.close();
            }
            throw e;
        }
        second = made;
        try {
            stage(inputs);
            captured = session.capture(this, outputs);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void tables(Raw raw) {
        try (OpTarget cpu = OpTarget.cpu();
                Workspace tables = raw.colour
                        ? Ops.planRgb(cpu, raw.width, raw.rows, size)
                        : Preparation.plan(cpu, geometry, raw.width, raw.rows, size)) {
            raw.allocate(tables);
        }
    }

    /** Whether this graph is the inputs'. */
    boolean fits(RawInputs inputs, PinnedBuffers pinned) {
        Pixels<?, ?> image = inputs.colour();
        Pixels<?, ?> other = inputs.second();
        return rgb.fits(image, pinned.address(image.address()), true)
                && second.fits(other, pinned.address(other.address()), inputs.image() != null);
    }

    /** Copies what the device cannot read itself. */
    void stage(RawInputs inputs) {
        long start = System.nanoTime();
        rgb.stage(inputs.colour());
        if (inputs.image() != null) {
            second.stage(inputs.image());
        } else {
            second.stagePoints(inputs.points());
            second.stagePlane(inputs.groundPlane());
        }
        stagingNanos = System.nanoTime() - start;
    }

    /** How long the last part's copies took. */
    long stagingNanos() {
        return stagingNanos;
    }

    /** Runs it and waits. */
    void run() {
        captured.run();
    }

    @Override
    public void record(PartInput step, Recording r) {
        Raw raw = step.branch() == 0 ? rgb : second;
        OpTarget exec = r.exec(step.stream());
        long stream = r.stream(step.stream());
        long out = r.address(step.image());
        long fault = r.address(step.result()) + NetworkCompiler.FAULT_OFFSET;
        ElementType type = r.type();
        raw.copy(stream);
        if (raw.colour) {
            if (step.branch() == 1) {
                r.device().fill(stream, fault, 0, Integer.BYTES);
            }
            r.run(
                    step.stream(),
                    () -> DeviceOps.prepareRgb(
                            exec,
                            raw.memory,
                            raw.width,
                            raw.rows,
                            raw.stride,
                            out,
                            type,
                            size,
                            raw.workspace,
                            raw.workspaceBytes));
        } else if (geometry.modality() == Modality.METRIC) {
            r.device().fill(stream, fault, 0, Integer.BYTES);
            long plane = raw.copyPlane(stream);
            r.run(
                    step.stream(),
                    () -> DeviceOps.prepareMetric(
                            exec,
                            raw.memory,
                            raw.width,
                            raw.rows,
                            raw.stride,
                            out,
                            type,
                            size,
                            plane,
                            raw.workspace,
                            raw.workspaceBytes));
        } else if (geometry.modality() == Modality.DEPTH) {
            r.run(
                    step.stream(),
                    () -> DeviceOps.prepareDepth(
                            exec,
                            raw.memory,
                            raw.width,
                            raw.rows,
                            raw.stride,
                            out,
                            type,
                            size,
                            raw.workspace,
                            raw.workspaceBytes,
                            fault));
        } else {
            r.run(
                    step.stream(),
                    () -> DeviceOps.prepareNormals(
                            exec,
                            raw.memory,
                            raw.width,
                            raw.rows,
                            raw.stride,
                            out,
                            type,
                            size,
                            geometry.normalKernel(),
                            raw.workspace,
                            raw.workspaceBytes,
                            fault));
        }
    }

    @Override
    public void close() {
        if (captured != null) {
            captured.close();
        }
        rgb.close();
        second.close();
    }
}
