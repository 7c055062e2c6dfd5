package dev.election.tck;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of one test.
 *
 * @param rules those that it proves; empty for what is no test, such as the opening of a store for all tests
 * @param test the test's name, a sentence
 * @param message why it failed or was not run, or the figures that it published when it passed; may be empty, and may
 *     have several lines
 */
record Result(List<Rule> rules, Outcome outcome, String test, String message) {

    Result {
        rules = List.copyOf(rules);
    }

    /** {@code S1,S4}, or {@code -} when there are none. */
    String ruleNames() {
        return rules.isEmpty() ? "-" : rules.stream().map(Rule::name).collect(Collectors.joining(","));
    }

    /** For the order in a report. */
    int firstRule() {
        return rules.isEmpty() ? -1 : rules.get(0).ordinal();
    }
}
