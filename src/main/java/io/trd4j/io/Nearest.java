package io.trd4j.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the known word that somebody meant who typed another. */
public final class Nearest {
    /** Of so many characters, one may be wrong, missing, too many, or exchanged with its neighbour. */
    private static final int CHARACTERS_PER_SLIP = 4;

    /** So many characters are enough to be the beginning of a word. */
    private static final int MIN_BEGINNING = 3;

    /** No known word is nearly as long; to compare longer ones would only take time. */
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /**
     * For messages, right behind the word that is not known.
     *
     * @return such as {@code " (did you mean cuda?)"}; empty when no known word is near
     */
    public static String hint(String given, Collection<String> known) {
        if (given.length() > MAX_LENGTH) {
            return "";
        }
        return known.stream()
                .filter(word -> near(bare(given), bare(word)))
                .min(Comparator.comparingInt(word -> distance(bare(given), bare(word))))
                .map(word -> " (did you mean " + word + "?)")
                .orElse("");
    }

    /** Options are compared without their hyphens, so that these do not count as alike. */
    private static String bare(String word) {
        return word.replaceFirst("^-+", "").toLowerCase(Locale.ROOT);
    }

    private static boolean near(String given, String word) {
        return given.length() >= MIN_BEGINNING && word.startsWith(given)
                || distance(given, word) <= given.length() / CHARACTERS_PER_SLIP;
    }

    /** How many characters must be changed, added, removed, or exchanged with their neighbours. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
