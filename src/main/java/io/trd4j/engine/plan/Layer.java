package io.trd4j.engine.plan;

/**
 * A convolution, or a 2x2 stride-2 transposed one, with the BatchNorm after it: what becomes one convolution with bias
 * when the plan is folded.
 *
 * @param convolution name of the convolution in the model file, with its network's prefix; its tensor is
 *     {@code .weight}
 * @param norm name of the BatchNorm; its tensors are {@code .weight, .bias, .running_mean, .running_var}
 * @param part of the network that it belongs to
 * @param blend name of the decoder's pair of blend weights of which a factor is folded in as well, or null
 * @param blendIndex 0 for the decoder's factor, 1 for the amplifier's
 */
public record Layer(
        String convolution,
        String norm,
        NetworkPart part,
        boolean transposed,
        int in,
        int out,
        int kernel,
        int stride,
        int padding,
        String blend,
        int blendIndex) {
    static Layer convolution(
            NetworkPart part, String convolution, String norm, int in, int out, int kernel, int stride) {
        return new Layer(
                convolution, norm, part, false, in, out, kernel, stride, kernel == 2 ? 0 : kernel / 2, null, 0);
    }

    static Layer up(NetworkPart part, String convolution, String norm, int in, int out) {
        return new Layer(convolution, norm, part, true, in, out, 2, 2, 0, null, 0);
    }

    Layer blended(String name, int index) {
        return new Layer(convolution, norm, part, transposed, in, out, kernel, stride, padding, name, index);
    }

    /** How many weights the convolution has, without its bias. */
    public long weights() {
        return (long) in * out * kernel * kernel;
    }

    int outputSide(int side) {
        return transposed ? side * stride : (side + 2 * padding - kernel) / stride + 1;
    }
}
