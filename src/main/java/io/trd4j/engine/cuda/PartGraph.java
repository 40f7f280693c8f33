package io.trd4j.engine.cuda;

import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.model.Modality;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Pixels;
import io.trd4j.ops.Workspace;
import java.nio.FloatBuffer;

/**
 * The graph for parts of one geometry: raw image and points to the device, preparation, network, maps, results to the host.
 * Inputs in memory that the device can read itself are taken from there, each such buffer by a graph of its own; others are
 * copied to page-locked memory first.
 */
final class PartGraph implements Recorder.Inputs, AutoCloseable {
    private final Raw rgb;
    private final Raw second;
    private final Modality modality;
    private final int normalKernel;
    private final int size;
    private Session.Captured captured;

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
        private long memory;
        long workspace;
        long workspaceBytes;

        Raw(Device device, Pixels<?, ?> pixels, long pinned, boolean colour, int rowsNeeded) {
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
        }

        boolean fits(Pixels<?, ?> pixels, long address, boolean isColour) {
            return colour == isColour && width == pixels.width() && height == pixels.height() && pinned == address
                    && (pinned == 0 || pinnedStride == pixels.strideBytes());
        }

        /** Bytes from the first row's begin to the last row's end. */
        long bytes() {
            return (rows - 1) * stride + (colour ? 3L : 3L * Float.BYTES) * width;
        }

        void allocate(Workspace tables) {
            long image = Schedule.align(bytes());
            memory = device.allocate(image + tables.bytes());
            workspace = memory + image;
            workspaceBytes = tables.bytes();
            device.upload(workspace, tables.start().address(), workspaceBytes);
        }

        void stage(Pixels<byte[], ?> image) {
            if (staging != null) {
                Pixels.copy(cast(image), staging.buffer());
            }
        }

        @SuppressWarnings("unchecked")
        private static <T> T cast(Object o) {
            return (T) o;
        }

        void stagePoints(Pixels<float[], ?> cloud) {
            if (staging != null) {
                Pixels.copyRows(cast(cloud), rows, points);
            }
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
        }
    }

    PartGraph(Session session, Recorder.Outputs outputs, Part part, PinnedBuffers pinned, Modality modality, int normalKernel) {
        this.modality = modality;
        this.normalKernel = normalKernel;
        size = session.network().plan().size();
        Device device = session.device();
        Pixels<byte[], ?> image = Preparation.colourOf(part).pixels();
        RgbImage secondImage = Preparation.secondImageOf(part, modality);
        boolean asImage = secondImage != null;
        Pixels<?, ?> other = asImage ? secondImage.pixels() : part.xyz().points();
        int rowsNeeded = !asImage && modality == Modality.DEPTH ? size : Integer.MAX_VALUE;
        rgb = new Raw(device, image, pinned.address(image.address()), true, Integer.MAX_VALUE);
        Raw made = null;
        try {
            made = new Raw(device, other, pinned.address(other.address()), asImage, rowsNeeded);
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
            stage(part);
            captured = session.capture(this, outputs);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void tables(Raw raw) {
        try (OpTarget cpu = OpTarget.cpu();
             Workspace tables = raw.colour ? Ops.planRgb(cpu, raw.width, raw.rows, size)
                     : modality == Modality.DEPTH ? Ops.planDepth(cpu, raw.width, raw.rows, size)
                     : Ops.planNormals(cpu, raw.width, raw.rows, size, normalKernel)) {
            raw.allocate(tables);
        }
    }

    /** Whether this graph is the part's. */
    boolean fits(Part part, PinnedBuffers pinned) {
        Pixels<byte[], ?> image = Preparation.colourOf(part).pixels();
        RgbImage secondImage = Preparation.secondImageOf(part, modality);
        Pixels<?, ?> other = secondImage != null ? secondImage.pixels() : part.xyz().points();
        return rgb.fits(image, pinned.address(image.address()), true)
                && second.fits(other, pinned.address(other.address()), secondImage != null);
    }

    /** Copies what the device cannot read itself. */
    void stage(Part part) {
        rgb.stage(Preparation.colourOf(part).pixels());
        RgbImage secondImage = Preparation.secondImageOf(part, modality);
        if (secondImage != null) {
            second.stage(secondImage.pixels());
        } else {
            second.stagePoints(part.xyz().points());
        }
    }

    /** Runs it and waits. */
    void run() {
        captured.run();
    }

    @Override
    public void record(int branch, CudaStep.Input step, Recorder r) {
        Raw raw = branch == 0 ? rgb : second;
        OpTarget exec = r.exec(step.stream());
        long stream = r.stream(step.stream());
        long out = r.address(step.image());
        long fault = r.address(step.result()) + NetworkCompiler.FAULT_OFFSET;
        ElementType type = r.type();
        raw.copy(stream);
        if (raw.colour) {
            if (branch == 1) {
                r.device().fill(stream, fault, 0, Integer.BYTES);
            }
            r.run(step.stream(), () -> DeviceOps.prepareRgb(exec, raw.memory, raw.width, raw.rows, raw.stride, out, type, size,
                    raw.workspace, raw.workspaceBytes));
        } else if (modality == Modality.DEPTH) {
            r.run(step.stream(), () -> DeviceOps.prepareDepth(exec, raw.memory, raw.width, raw.rows, raw.stride, out, type, size,
                    raw.workspace, raw.workspaceBytes, fault));
        } else {
            r.run(step.stream(), () -> DeviceOps.prepareNormals(exec, raw.memory, raw.width, raw.rows, raw.stride, out, type, size,
                    normalKernel, raw.workspace, raw.workspaceBytes, fault));
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
