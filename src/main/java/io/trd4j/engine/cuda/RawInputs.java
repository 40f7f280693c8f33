package io.trd4j.engine.cuda;

import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.model.Modality;
import io.trd4j.ops.Pixels;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The inputs of a part that go to the device: its colour image, and as second input an image or points. Resolved once
 * for each part, in one object: a part allocates nothing.
 */
final class RawInputs {
    private final Modality modality;
    private Pixels<byte[], BytePointer> colour;
    private Pixels<byte[], BytePointer> image;
    private Pixels<float[], FloatPointer> points;

    RawInputs(Modality modality) {
        this.modality = modality;
    }

    /** @throws io.trd4j.io.InputException as {@link Preparation#secondImageOf} */
    void resolve(Part part) {
        RgbImage secondImage = Preparation.secondImageOf(part, modality);
        colour = Preparation.colourOf(part).pixels();
        image = secondImage == null ? null : secondImage.pixels();
        points = secondImage == null ? part.xyz().points() : null;
    }

    /** Keeps nothing of the part alive. */
    void release() {
        colour = null;
        image = null;
        points = null;
    }

    Pixels<byte[], BytePointer> colour() {
        return colour;
    }

    /** The second input when it is an image, else null. */
    Pixels<byte[], BytePointer> image() {
        return image;
    }

    /** The second input when it is a point cloud, else null. */
    Pixels<float[], FloatPointer> points() {
        return points;
    }

    /** The second input, whichever it is. */
    Pixels<?, ?> second() {
        return image != null ? image : points;
    }
}
