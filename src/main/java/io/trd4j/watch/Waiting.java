package io.trd4j.watch;

/** Why a part with a new file is not inspected yet. */
public enum Waiting {
    /** Its other file is not there. */
    ALONE,
    /** The file is empty. */
    EMPTY,
    /** The file is written to all the time. */
    GROWING
}
