package io.trd4j.calibrate;

import io.trd4j.align.Locator;
import io.trd4j.data.InputQuality;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.inspect.Likeness;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.io.Stop;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Alignment;
import io.trd4j.model.Geometry;
import io.trd4j.model.NormalParts;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.Retained;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * All parts of a split, prepared once for training or calibration and kept in native memory: 2 x S x S x 3 floats a
 * part (1.5 MiB at S = 256), and the black image that stands in for a missing modality. Owns them.
 */
public final class PreparedParts implements AutoCloseable {
    private final int count;
    private final List<String> sources = new ArrayList<>();
    private final long[] imageShape;
    private final long imageFloats;
    private final FloatPointer rgb;
    private final FloatPointer second;
    private final FloatPointer black;
    private NormalParts seen = NormalParts.NONE;

    /**
     * Prepares the parts in their order.
     *
     * @param size S, pixels
     * @param progress called with the number of parts prepared so far
     * @throws io.trd4j.io.InputException when a part cannot be read or prepared
     */
    public PreparedParts(List<? extends PartSource> parts, int size, Geometry geometry, IntConsumer progress)
            throws IOException {
        this(parts, size, geometry, null, progress);
    }

    /**
     * The same parts in the frame of an aligned model.
     *
     * @param alignment null = as they lie
     * @throws io.trd4j.io.InputException also ({@link io.trd4j.data.PartNotFoundException}) when a part cannot be found
     */
    public PreparedParts(
            List<? extends PartSource> parts, int size, Geometry geometry, Alignment alignment, IntConsumer progress)
            throws IOException {
        OptionalLibrary.LIBTORCH.require();
        NativeRuntime.description();
        count = parts.size();
        imageShape = new long[] {1, size, size, 3};
        imageFloats = 3L * size * size;
        rgb = Retained.of(new FloatPointer(count * imageFloats));
        second = Retained.of(new FloatPointer(count * imageFloats));
        black = Retained.of(new FloatPointer(imageFloats));
        try (Preparation preparation = new Preparation(size, geometry, ElementType.FLOAT32)) {
            preparation.black(black);
            InputQuality quality = new InputQuality();
            Locator locator = alignment == null ? null : new Locator(alignment);
            for (int i = 0; i < count; i++) {
                Part part = parts.get(i).load();
                quality.measure(part);
                seen = seen.and(Likeness.measure(part, quality));
                sources.add(part.source());
                part = locator == null ? part : locator.locate(part);
                preparation.rgb(part, rgb.getPointer(i * imageFloats));
                preparation.second(part, second.getPointer(i * imageFloats));
                progress.accept(i + 1);
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The same, with a task of its own. */
    public static PreparedParts of(
            List<? extends PartSource> parts, int size, Geometry geometry, Alignment alignment, Progress progress)
            throws IOException {
        try (Progress.Task task = Stop.task(progress, "Preparing", parts.size())) {
            return new PreparedParts(parts, size, geometry, alignment, task::at);
        }
    }

    /** The normal ones among parts of which some may have a defect. */
    public static List<PartFiles> normal(List<PartFiles> parts) {
        return parts.stream().filter(part -> !part.anomalous()).toList();
    }

    public int count() {
        return count;
    }

    /** As the sensors saw the parts, before these were prepared. */
    public NormalParts seen() {
        return seen;
    }

    /** The name that messages give part {@code i}: {@link Part#source}. */
    public String source(int i) {
        return sources.get(i);
    }

    /** Part {@code i}'s RGB image [1, 3, S, S]: a view that must not outlive this object. */
    public Tensor rgb(int i) {
        return image(rgb, i);
    }

    /** Part {@code i}'s second modality [1, 3, S, S]: a view that must not outlive this object. */
    public Tensor second(int i) {
        return image(second, i);
    }

    /** A black image in place of either modality [1, 3, S, S]: a view that must not outlive this object. */
    public Tensor black() {
        return image(black, 0);
    }

    private Tensor image(FloatPointer images, int i) {
        return torch.from_blob(images.getPointer(i * imageFloats), imageShape).permute(0, 3, 1, 2);
    }

    /** Part's prepared image, S x S x 3 channels-last; rgb is branch 0. A view that must not outlive this object. */
    public FloatPointer image(int part, int branch) {
        return (branch == 0 ? rgb : second).getPointer(part * imageFloats);
    }

    /** The RGB images of some parts, then their second modality, as one batch [2n, 3, S, S] for the teacher. */
    public Tensor batch(int[] order, int from, int to) {
        TensorVector images = new TensorVector();
        for (int i = from; i < to; i++) {
            images.push_back(rgb(order[i]));
        }
        for (int i = from; i < to; i++) {
            images.push_back(second(order[i]));
        }
        return torch.cat(images, 0);
    }

    /** SHA-256 over all prepared images: the identity of what a run was trained on. */
    public String sha256() {
        Sha256 sha256 = new Sha256();
        for (FloatPointer images : List.of(rgb, second)) {
            for (long i = 0; i < count; i++) {
                sha256.add(new BytePointer(images.getPointer(i * imageFloats))
                        .capacity(imageFloats * Float.BYTES)
                        .asByteBuffer());
            }
        }
        return sha256.hex();
    }

    @Override
    public void close() {
        rgb.close();
        second.close();
        black.close();
    }
}
