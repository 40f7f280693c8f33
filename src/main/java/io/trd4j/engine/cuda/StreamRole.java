package io.trd4j.engine.cuda;

/** The streams of a part's graph. */
enum StreamRole {
    /** The graph's own; steps on the others run beside it. */
    MAIN("main"),
    /** Copies, the amplifier, distances: what nothing on the main stream needs soon. */
    SIDE("side"),
    /** One student's layers by a library, beside the other's on the main stream. */
    SECOND("second");

    /** How many there are. */
    static final int COUNT = values().length;

    private final String key;

    StreamRole(String key) {
        this.key = key;
    }

    /** For listings. */
    String key() {
        return key;
    }
}
