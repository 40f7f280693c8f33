package io.trd4j.train.pretrain.formula;

/** Classes of small events in the colour: none, then these in their order; the edge of a region is one as well. */
enum ColourMark {
    DARK_SPOT,
    LIGHT_SPOT,
    HUE_SPOT,
    DARK_LINE,
    LIGHT_LINE,
    EDGE;

    static final int CLASSES = values().length + 1;
}
