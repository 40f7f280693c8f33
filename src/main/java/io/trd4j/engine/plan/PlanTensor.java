package io.trd4j.engine.plan;

/**
 * A feature map of the plan: {@code images x side x side x channels}, channels-last. Its type and place in memory are
 * the runner's business.
 *
 * @param name unique in a plan
 * @param part of the network that writes it; the teacher for the images
 * @param images 2 where both modalities run as one batch, else 1
 * @param batch the batch that this is one image of, or null
 * @param image its index there
 */
public record PlanTensor(
        String name, NetworkPart part, int images, int channels, int side, PlanTensor batch, int image) {
    PlanTensor(String name, NetworkPart part, int images, int channels, int side) {
        this(name, part, images, channels, side, null, 0);
    }

    /** One modality's half of a batch of both: no memory of its own. */
    public PlanTensor of(int index) {
        return new PlanTensor(name + "[" + index + "]", part, 1, channels, side, this, index);
    }

    /** How many values it has. */
    public long elements() {
        return (long) images * side * side * channels;
    }

    /** For listings: {@code 2x64x64x256}. */
    public String shape() {
        return images + "x" + side + "x" + side + "x" + channels;
    }

    // Names are unique, and a record's own hash would walk the whole batch.
    @Override
    public boolean equals(Object other) {
        return other instanceof PlanTensor t && t.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
