package io.trd4j.engine.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;

/**
 * Gives buffers that are never needed at the same time the same memory: largest first, each at the lowest free place.
 */
public final class ArenaLayout {
    private ArenaLayout() {}

    /** A piece of an arena. */
    public abstract static class Block {
        private final long bytes;
        private long place = -1;

        protected Block(long bytes) {
            this.bytes = bytes;
        }

        public final long bytes() {
            return bytes;
        }

        /** Where it begins in the arena, bytes; -1 until it is placed. */
        public final long place() {
            return place;
        }
    }

    /**
     * Sets every block's place.
     *
     * @param firstUse decides between blocks of the same size
     * @param together whether two blocks may be needed at the same time
     * @param alignment of every place, bytes
     * @return the bytes that hold them all
     */
    public static <B extends Block> long place(
            Collection<B> blocks, ToIntFunction<B> firstUse, BiPredicate<B, B> together, long alignment) {
        List<B> rest = new ArrayList<>(blocks);
        rest.sort(Comparator.comparingLong((B b) -> -b.bytes()).thenComparingInt(firstUse));
        List<B> placed = new ArrayList<>();
        long top = 0;
        for (B block : rest) {
            long place = 0;
            // In the order of their places: the first gap that is large enough is the lowest.
            for (B other : placed) {
                long end = align(other.place() + other.bytes(), alignment);
                if (place < end && other.place() < place + block.bytes() && together.test(block, other)) {
                    place = end;
                }
            }
            ((Block) block).place = place;
            top = Math.max(top, align(place + block.bytes(), alignment));
            placed.add(block);
            placed.sort(Comparator.comparingLong(Block::place));
        }
        return top;
    }

    /** The next multiple of the alignment. */
    public static long align(long bytes, long alignment) {
        return (bytes + alignment - 1) / alignment * alignment;
    }
}
