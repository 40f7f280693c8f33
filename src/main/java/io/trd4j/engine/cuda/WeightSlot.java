package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.Layer;
import java.util.List;

/** Weights on the device: where they lie, and how they are made of the model's layers. */
sealed interface WeightSlot {
    /** Bytes on the device, a bias of a convolution included. */
    long bytes();

    /** Where it lies among all weights, bytes; known once all slots are. */
    long place();

    void place(long place);

    /**
     * A layer with the factors that the blends leave in it: the decoder's features are kept divided by their own
     * factor, so residuals are added as they are; what reads a blended feature map multiplies it back, and the
     * amplifier's share is relative to the decoder's. The cosine distance does not see a positive factor.
     *
     * @param amplifier whether the amplifier's relative factor goes into the layer
     * @param reads the layer whose blended output this one reads, its decoder's factor to be multiplied back; or null
     */
    record Folded(Layer layer, boolean amplifier, Layer reads) {}

    /** How a convolution's weights are laid out. */
    enum Layout {
        /** As libtrd packs them, bias in float32. */
        LIBTRD,
        /**
         * Output channels x kernel x kernel x input channels, weights and bias in the features' type: cuDNN's
         * channels-last.
         */
        CHANNELS_LAST
    }

    /** One convolution's weights, then its bias. */
    final class OfConvolution extends Placed implements WeightSlot {
        final Folded folded;
        final Layout layout;
        final long packedBytes;

        OfConvolution(Folded folded, Layout layout, long packedBytes, long biasBytes) {
            super(DeviceAlignment.align(packedBytes) + DeviceAlignment.align(biasBytes));
            this.folded = folded;
            this.layout = layout;
            this.packedBytes = packedBytes;
        }

        /** Where the bias lies, from the slot's place on. */
        long biasOffset() {
            return DeviceAlignment.align(packedBytes);
        }
    }

    /** All layers of one branch's filter or amplifier, biases inside. */
    final class OfTuner extends Placed implements WeightSlot {
        final List<Folded> layers;
        final boolean amplifier;
        final long packedBytes;

        OfTuner(List<Folded> layers, boolean amplifier, long packedBytes) {
            super(DeviceAlignment.align(packedBytes));
            this.layers = layers;
            this.amplifier = amplifier;
            this.packedBytes = packedBytes;
        }
    }

    /** The common part of all slots. */
    abstract sealed class Placed permits OfConvolution, OfTuner {
        private final long bytes;
        private long place = -1;

        private Placed(long bytes) {
            this.bytes = bytes;
        }

        public long bytes() {
            return bytes;
        }

        public long place() {
            return place;
        }

        public void place(long newPlace) {
            place = newPlace;
        }
    }
}
