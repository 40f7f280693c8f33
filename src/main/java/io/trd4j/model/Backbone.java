package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.Keyed;
import java.util.List;

/** The four ResNets of SPEC section 2, and the numbers that follow from them. */
public enum Backbone implements Keyed {
    RESNET18("resnet18", 1, 1, List.of(2, 2, 2), 2),
    RESNET34("resnet34", 1, 1, List.of(3, 4, 6), 2),
    RESNET50("resnet50", 4, 1, List.of(3, 4, 6), 3),
    WIDE_RESNET50_2("wide_resnet50_2", 4, 2, List.of(3, 4, 6), 3);

    private final String key;
    private final int expansion;
    private final int widthFactor;
    private final List<Integer> blocks;
    private final int bottleneckBlocks;

    Backbone(String key, int expansion, int widthFactor, List<Integer> blocks, int bottleneckBlocks) {
        this.key = key;
        this.expansion = expansion;
        this.widthFactor = widthFactor;
        this.blocks = blocks;
        this.bottleneckBlocks = bottleneckBlocks;
    }

    /** torchvision's name, as used on the command line and in model files. */
    @Override
    public String key() {
        return key;
    }

    /** e: output channels of a block = planes * e; 4 means bottleneck blocks, 1 basic blocks. */
    public int expansion() {
        return expansion;
    }

    /** Whether its blocks have three convolutions, 1x1, 3x3 and 1x1, in place of two of 3x3. */
    public boolean hasBottleneckBlocks() {
        return expansion == 4;
    }

    /** Channels of the middle convolution of a bottleneck block with these planes. */
    public int width(int planes) {
        return planes * widthFactor;
    }

    /** Blocks in layer1..3 of the teacher and of the decoder. */
    public List<Integer> blocks() {
        return blocks;
    }

    /** Blocks in the student bottleneck's residual stage. */
    public int bottleneckBlocks() {
        return bottleneckBlocks;
    }

    /** C_scale, the channels of feature f_scale; scale 1..3 at S/4, S/8, S/16. */
    public int channels(int scale) {
        return (32 << scale) * expansion;
    }

    /** @throws InputException for an unknown name, listing the known ones */
    public static Backbone of(String key) {
        return Keyed.of(Backbone.class, key, "backbone");
    }
}
