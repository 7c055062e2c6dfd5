package dev.election.http.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody may have meant to type. */
final class Similar {

    /** As many letters may be wrong: two are a swap of neighbours. */
    private static final int MOST = 2;

    private Similar() {}

    /** The most similar of some words, if it is similar enough. */
    static Optional<String> to(String typed, Collection<String> words) {
        return words.stream()
                .filter(word -> distance(typed, word) <= Math.min(MOST, word.length() / 3))
                .min(Comparator.comparingInt(word -> distance(typed, word)));
    }

    /** How many letters to insert, remove or replace (Levenshtein). */
    private static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] current = new int[other.length() + 1];
            current[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
