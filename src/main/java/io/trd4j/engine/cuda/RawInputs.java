package io.trd4j.engine.cuda;

import io.trd4j.data.GroundPlane;
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
    private final GroundPlane ground = new GroundPlane();
    private final float[] groundPlane = new float[GroundPlane.VALUES];
    private Pixels<byte[], BytePointer> colour;
    private Pixels<byte[], BytePointer> image;
    private Pixels<float[], FloatPointer> points;

    RawInputs(Modality modality) {
        this.modality = modality;
    }

    /**
     * Takes a part's inputs.
     *
     * @return false when metric geometry is to be made of points that no plane lies below
     * @throws io.trd4j.io.InputException as {@link Preparation#secondImageOf}
     */
    boolean resolve(Part part) {
        RgbImage secondImage = Preparation.secondImageOf(part, modality);
        colour = Preparation.colourOf(part).pixels();
        image = secondImage == null ? null : secondImage.pixels();
        points = secondImage == null ? part.xyz().points() : null;
        if (points == null || modality != Modality.METRIC) {
            return true;
        }
        boolean found = ground.fit(part.xyz());
        if (found) {
            ground.write(groundPlane);
        } else {
            release();
        }
        return found;
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

    /** The plane below the points, for metric geometry: {@link GroundPlane#VALUES} floats. */
    float[] groundPlane() {
        return groundPlane;
    }

    /** The second input, whichever it is. */
    Pixels<?, ?> second() {
        return image != null ? image : points;
    }
}
