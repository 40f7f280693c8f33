package io.trd4j.inspect;

import io.trd4j.inspect.Region.Point;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The outer border of a region, and the pixels within one: what OpenCV's findContours and fillPoly give, which an
 * application that inspects parts in memory does not need for it.
 */
final class Contour {
    /** The eight neighbours, anticlockwise from the right one. */
    private static final int[] DX = {1, 1, 0, -1, -1, -1, 0, 1};

    private static final int[] DY = {0, -1, -1, -1, 0, 1, 1, 1};
    private static final int LEFT = 4;

    private Contour() {}

    /**
     * The outer border of one region whose pixels touch at sides or corners, anticlockwise from its leftmost pixel in
     * the highest row; only the pixels at which it turns. Border following after Suzuki and Abe (1985).
     *
     * @param inside the region, {@code width} pixels a row
     * @param left of the region in the image; added to x, as {@code top} to y
     */
    static List<Point> around(boolean[] inside, int width, int left, int top) {
        int start = 0;
        while (!inside[start]) {
            start++;
        }
        Border border = new Border(inside, width, start);
        List<Point> turns = new ArrayList<>();
        // The pixel before the start on the border: the first one clockwise from the left, where nothing is.
        int direction = LEFT;
        do {
            direction = direction - 1 & 7;
        } while (direction != LEFT && !border.at(direction));
        if (direction == LEFT) {
            turns.add(new Point(left + border.x, top + border.y));
            return turns;
        }
        int last = border.neighbour(direction);
        int before = direction ^ 4;
        while (true) {
            do {
                direction = direction + 1 & 7;
            } while (!border.at(direction));
            if (direction != before) {
                turns.add(new Point(left + border.x, top + border.y));
                before = direction;
            }
            int from = border.y * width + border.x;
            border.step(direction);
            if (border.y * width + border.x == start && from == last) {
                return turns;
            }
            direction = direction + 4 & 7;
        }
    }

    /** A pixel of a region that walks along its border. */
    private static final class Border {
        private final boolean[] inside;
        private final int width;
        private int x;
        private int y;

        Border(boolean[] inside, int width, int start) {
            this.inside = inside;
            this.width = width;
            x = start % width;
            y = start / width;
        }

        boolean at(int direction) {
            int column = x + DX[direction];
            int index = neighbour(direction);
            return column >= 0 && column < width && index >= 0 && index < inside.length && inside[index];
        }

        int neighbour(int direction) {
            return (y + DY[direction]) * width + x + DX[direction];
        }

        void step(int direction) {
            x += DX[direction];
            y += DY[direction];
        }
    }

    /**
     * Sets the pixels on and within a contour to 255.
     *
     * @param contour as {@link #around} gives it: its sides run along rows, columns and diagonals
     * @param pixels {@code size * size}, row by row
     */
    static void fill(List<Point> contour, byte[] pixels, int size) {
        int left = contour.stream().mapToInt(Point::x).min().orElseThrow();
        int top = contour.stream().mapToInt(Point::y).min().orElseThrow();
        // With an empty frame of one pixel around it.
        int width = contour.stream().mapToInt(Point::x).max().orElseThrow() - left + 3;
        int height = contour.stream().mapToInt(Point::y).max().orElseThrow() - top + 3;
        boolean[] wall = new boolean[width * height];
        Point from = contour.get(contour.size() - 1);
        for (Point to : contour) {
            int dx = Integer.signum(to.x() - from.x());
            int dy = Integer.signum(to.y() - from.y());
            int steps = Math.max(Math.abs(to.x() - from.x()), Math.abs(to.y() - from.y()));
            for (int i = 0; i <= steps; i++) {
                wall[(from.y() + i * dy - top + 1) * width + from.x() + i * dx - left + 1] = true;
            }
            from = to;
        }
        boolean[] outside = outside(wall, width, height);
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                if (!outside[y * width + x]) {
                    pixels[(top + y - 1) * size + left + x - 1] = (byte) 255;
                }
            }
        }
    }

    /** The pixels from which a way over sides of pixels leads to the first one. */
    private static boolean[] outside(boolean[] wall, int width, int height) {
        boolean[] outside = new boolean[wall.length];
        ArrayDeque<Integer> reached = new ArrayDeque<>();
        outside[0] = true;
        reached.push(0);
        while (!reached.isEmpty()) {
            int i = reached.pop();
            for (int d = 0; d < DX.length; d += 2) {
                int x = i % width + DX[d];
                int y = i / width + DY[d];
                int next = y * width + x;
                if (x >= 0 && x < width && y >= 0 && y < height && !wall[next] && !outside[next]) {
                    outside[next] = true;
                    reached.push(next);
                }
            }
        }
        return outside;
    }
}
