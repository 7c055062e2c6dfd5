package dev.election.http.faults;

import dev.election.http.faults.BlackBox.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All terms of all candidates, and what must not be among them. */
final class Ledger {

    private record Entry(String candidate, Term term) {
        private boolean overlaps(Entry other) {
            return term.from() - other.term.until() < 0 && other.term.from() - term.until() < 0;
        }

        @Override
        public String toString() {
            return candidate + " with token " + term.token();
        }
    }

    private final Map<Integer, List<Entry>> byElection = new TreeMap<>();
    private int terms;

    /** Adds a candidate's terms. */
    void add(String candidate, List<Term> had) {
        terms += had.size();
        for (Term term : had) {
            byElection
                    .computeIfAbsent(term.election(), any -> new ArrayList<>())
                    .add(new Entry(candidate, term));
        }
    }

    int terms() {
        return terms;
    }

    /** In how many elections somebody led. */
    int elections() {
        return byElection.size();
    }

    /**
     * Pairs of terms of one election that were valid at one time, beyond doubt: each was found valid before and after.
     */
    List<String> overlaps() {
        List<String> overlaps = new ArrayList<>();
        byElection.forEach((election, entries) -> {
            for (int i = 0; i < entries.size(); i++) {
                for (Entry other : entries.subList(0, i)) {
                    if (entries.get(i).overlaps(other)) {
                        overlaps.add(entries.get(i) + " and " + other + " led election " + election
                                + " at the same time for " + shared(entries.get(i), other) / 1000 + " us");
                    }
                }
            }
        });
        return overlaps;
    }

    private static long shared(Entry one, Entry other) {
        return Math.min(one.term.until() - other.term.from(), other.term.until() - one.term.from());
    }

    /** Terms whose token is not greater than that of every term before. */
    List<String> tokensOutOfOrder() {
        List<String> wrong = new ArrayList<>();
        byElection.forEach((election, entries) -> {
            entries.sort(Comparator.comparingLong(entry -> entry.term.from()));
            for (int i = 1; i < entries.size(); i++) {
                if (entries.get(i).term.token() <= entries.get(i - 1).term.token()) {
                    wrong.add(entries.get(i) + " led election " + election + " after " + entries.get(i - 1));
                }
            }
        });
        return wrong;
    }

    /** One line for each term: election, candidate, token, and when it was valid, in nanoseconds. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        byElection.forEach((election, entries) -> entries.forEach(entry -> lines.add(String.join(
                "\t",
                Integer.toString(election),
                entry.candidate,
                Long.toString(entry.term.token()),
                Long.toString(entry.term.from()),
                Long.toString(entry.term.until())))));
        return lines;
    }
}
