package io.trd4j.train.pretrain.formula;

/** Classes of small events in the relief: none, then these in their order; the edge of a region is one as well. */
enum ReliefMark {
    DENT,
    BUMP,
    PIT,
    KNOB,
    GROOVE,
    RIDGE,
    EDGE;

    static final int CLASSES = values().length + 1;
}
