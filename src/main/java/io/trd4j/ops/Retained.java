package io.trd4j.ops;

import org.bytedeco.javacpp.Pointer;

/** Native memory that belongs to the object that made it, not to a PointerScope which happens to be open. */
public final class Retained {
    private Retained() {}

    /** Keeps the pointer alive past any scope; the owner frees it with one {@code close()}. */
    public static <P extends Pointer> P of(P pointer) {
        pointer.retainReference();
        return pointer;
    }
}
