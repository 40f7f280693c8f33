package io.trd4j.engine;

/**
 * One step of a compiled plan: what it computes, what it moves, how long it took.
 *
 * @param name the layer's name, or what is joined or converted
 * @param part of the network (SPEC section 2): teacher, filter, amplifier, bottleneck, decoder; else distance
 * @param kind what totals go by: {@code convolution 3x3}, {@code filter 2x2 down}, {@code transposed 2x2},
 *     {@code convert} …
 * @param shape feature maps read and written, images x side x side x channels, and the kernel
 * @param type element types of the feature maps read and written
 * @param flop multiplications and additions
 * @param featureBytes feature maps read and written, each once
 * @param weightBytes packed weights, bias and scales, read once
 * @param implementation the library's own name of the code that runs
 * @param millis median of the measured runs
 */
public record StepProfile(
        String name,
        String part,
        String kind,
        String shape,
        String type,
        double flop,
        long featureBytes,
        long weightBytes,
        String implementation,
        double millis) {
    /** Read and written: feature maps and weights. */
    public long bytes() {
        return featureBytes + weightBytes;
    }

    /** 10^9 multiplications and additions per second. */
    public double gflopPerSecond() {
        return millis == 0 ? 0 : flop / millis / 1e6;
    }
}
