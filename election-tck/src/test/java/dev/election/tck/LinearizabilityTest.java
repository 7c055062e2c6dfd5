package dev.election.tck;

import static dev.election.tck.Operation.ABSENT;
import static dev.election.tck.Operation.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.election.tck.Operation.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("The linearizability checker")
class LinearizabilityTest {

    private static final int HISTORIES = 2000;

    /** Makes a history wrong; empty where it has nothing that could be made wrong in this way. */
    private interface Corruption {
        Optional<List<Operation>> of(List<Operation> history, Random random);
    }

    @Test
    @DisplayName("accepts every history of a correct store")
    void acceptsCorrect() {
        long operations = 0;
        long open = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            List<Operation> history = RandomHistory.of(
                    random, 2 + seed % 4, 10 + random.nextInt(70), seed % 3 > 0, seed % 2 == 0 ? 0 : 0.15);
            assertThat(Linearizability.violation(history, ABSENT))
                    .as("seed %s", seed)
                    .isEmpty();
            operations += history.size();
            open += history.stream().filter(Operation::isOpen).count();
        }
        System.out.println("linearizability self-test: correct histories accepted " + HISTORIES + "/" + HISTORIES
                + ", operations=" + operations + " unknown=" + open);
    }

    @TestFactory
    @DisplayName("refuses every history in which there is")
    Stream<DynamicTest> refusesCorrupted() {
        Map<String, Corruption> corruptions = new LinkedHashMap<>();
        corruptions.put("a stale read", LinearizabilityTest::staleRead);
        corruptions.put("a lost write", LinearizabilityTest::lostWrite);
        corruptions.put("a write that was applied twice", LinearizabilityTest::appliedTwice);
        corruptions.put("two reads in the wrong order", LinearizabilityTest::reordered);
        corruptions.put("a read of what nobody wrote", LinearizabilityTest::ghost);
        corruptions.put("a read of what is only written later", LinearizabilityTest::readBeforeWrite);
        corruptions.put("an unknown write that was read and then was gone", LinearizabilityTest::unknownVanished);
        corruptions.put("an applied write that another one overwrote unseen", LinearizabilityTest::overwritten);
        corruptions.put("a conflict with the very state that was expected", LinearizabilityTest::falseConflict);
        corruptions.put("a conflict that was told for an applied write", LinearizabilityTest::conflictForApplied);
        corruptions.put("a record that came back after its deletion", LinearizabilityTest::undead);
        corruptions.put("a record that vanished", LinearizabilityTest::vanished);
        corruptions.put("a deletion that found nothing where there was a record", LinearizabilityTest::blindDeletion);
        return corruptions.entrySet().stream()
                .map(corruption -> dynamicTest(
                        corruption.getKey(), () -> assertRefused(corruption.getKey(), corruption.getValue())));
    }

    private static void assertRefused(String name, Corruption corruption) {
        int corrupted = 0;
        for (int seed = 0; seed < HISTORIES / 4; seed++) {
            Random random = new Random(seed);
            List<Operation> history =
                    RandomHistory.of(random, 2 + seed % 4, 20 + random.nextInt(40), false, seed % 2 == 0 ? 0 : 0.1);
            Optional<List<Operation>> wrong = corruption.of(history, random);
            if (wrong.isPresent()) {
                corrupted++;
                assertThat(Linearizability.violation(wrong.get(), ABSENT))
                        .as("seed %s, %s", seed, wrong.get())
                        .isPresent();
            }
        }
        assertThat(corrupted).as("histories that could be corrupted").isGreaterThan(HISTORIES / 40);
        System.out.println("linearizability self-test: " + name + ": caught " + corrupted + "/" + corrupted);
    }

    @Test
    @DisplayName("agrees with trying all orders, on short histories that are right or wrong by chance")
    void agreesWithBruteForce() {
        int right = 0;
        int wrong = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            List<Operation> history = anyHistory(new Random(seed));
            boolean explained = BruteForce.explains(history, ABSENT);
            assertThat(Linearizability.violation(history, ABSENT).isEmpty())
                    .as("seed %s, %s", seed, history)
                    .isEqualTo(explained);
            right += explained ? 1 : 0;
            wrong += explained ? 0 : 1;
        }
        assertThat(right).isGreaterThan(1000);
        assertThat(wrong).isGreaterThan(1000);
        System.out.println("linearizability self-test: agrees with brute force on " + right + " right and " + wrong
                + " wrong histories");
    }

    @Test
    @DisplayName("says which call cannot be explained, and what led there")
    void explains() {
        List<Operation> history = List.of(
                new Operation("a", Kind.APPLIED, ABSENT, "w1", "", 1, 2),
                new Operation("a", Kind.APPLIED, "w1", "w2", "", 3, 4),
                new Operation("b", Kind.READ, "", "", "w1", 5, 6));
        assertThat(Linearizability.violation(history, ABSENT).orElseThrow())
                .contains("a swapped w1 for w2 [3, 4]")
                .contains("leaves w2, and then this cannot be:\n    b read w1 [5, 6]");
    }

    /** Up to six calls with a few states and times, so that all kinds of overlap and error occur. */
    private static List<Operation> anyHistory(Random random) {
        List<Operation> history = new ArrayList<>();
        String[] states = {ABSENT, "w0", "w1", "w2", "w3", "w4", "w5"};
        List<Long> times = new ArrayList<>();
        int length = 2 + random.nextInt(5);
        for (long t = 1; t <= 2L * length; t++) {
            times.add(t);
        }
        java.util.Collections.shuffle(times, random);
        for (int i = 0; i < length; i++) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            String some = states[random.nextInt(length + 1)];
            String other = states[random.nextInt(length + 1)];
            boolean swap = kind == Kind.APPLIED || kind == Kind.CONFLICT || kind == Kind.MAYBE;
            String seen = kind == Kind.READ || kind == Kind.CONFLICT && random.nextBoolean() ? other : "";
            long one = times.get(2 * i);
            long two = times.get(2 * i + 1);
            boolean open = kind == Kind.MAYBE || kind == Kind.MAYBE_DELETED;
            history.add(new Operation(
                    "c" + i,
                    kind,
                    swap ? some : "",
                    swap ? "w" + i : "",
                    seen,
                    Math.min(one, two),
                    open ? NEVER : Math.max(one, two)));
        }
        return history;
    }

    // Corruptions. What is added at the end comes after all calls that have ended.

    private static Optional<List<Operation>> with(List<Operation> history, Operation... more) {
        List<Operation> longer = new ArrayList<>(history);
        longer.addAll(List.of(more));
        return Optional.of(longer);
    }

    private static Optional<List<Operation>> replaced(List<Operation> history, Operation old, Operation by) {
        List<Operation> changed = new ArrayList<>(history);
        changed.set(changed.indexOf(old), by);
        return Optional.of(changed);
    }

    private static long end(List<Operation> history) {
        return history.stream()
                .mapToLong(operation -> operation.returned() == NEVER ? operation.invoked() : operation.returned())
                .max()
                .orElse(0);
    }

    private static Operation read(String seen, long after) {
        return new Operation("x", Kind.READ, "", "", seen, after + 1, after + 2);
    }

    private static Optional<Operation> any(List<Operation> history, Random random, Kind kind) {
        List<Operation> all =
                history.stream().filter(operation -> operation.kind() == kind).toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private static Optional<List<Operation>> staleRead(List<Operation> history, Random random) {
        return any(history, random, Kind.APPLIED).flatMap(write -> with(history, read(write.expected(), end(history))));
    }

    private static boolean isKnown(List<Operation> history, String state) {
        return history.stream()
                .anyMatch(operation -> operation.seen().equals(state)
                        || operation.kind() == Kind.APPLIED
                                && operation.expected().equals(state));
    }

    private static Optional<List<Operation>> lostWrite(List<Operation> history, Random random) {
        return any(history, random, Kind.APPLIED)
                .filter(write -> isKnown(history, write.written()))
                .map(write -> {
                    List<Operation> without = new ArrayList<>(history);
                    without.remove(write);
                    return without;
                });
    }

    private static Optional<List<Operation>> appliedTwice(List<Operation> history, Random random) {
        return any(history, random, Kind.APPLIED)
                .flatMap(write -> with(
                        history,
                        new Operation(
                                "x", Kind.APPLIED, write.expected(), "again", "", write.invoked(), write.returned())));
    }

    private static Optional<List<Operation>> reordered(List<Operation> history, Random random) {
        for (Operation first : history) {
            for (Operation second : history) {
                if (first.kind() == Kind.READ
                        && second.kind() == Kind.READ
                        && first.returned() < second.invoked()
                        && !first.seen().equals(second.seen())) {
                    return replaced(history, first, reading(first, second.seen()))
                            .flatMap(changed -> replaced(changed, second, reading(second, first.seen())));
                }
            }
        }
        return Optional.empty();
    }

    private static Operation reading(Operation read, String other) {
        return new Operation(read.caller(), Kind.READ, "", "", other, read.invoked(), read.returned());
    }

    private static Optional<List<Operation>> ghost(List<Operation> history, Random random) {
        return any(history, random, Kind.READ).flatMap(read -> replaced(history, read, reading(read, "never written")));
    }

    private static Optional<List<Operation>> readBeforeWrite(List<Operation> history, Random random) {
        return any(history, random, Kind.APPLIED)
                .flatMap(write -> any(history, random, Kind.READ)
                        .filter(read -> read.returned() < write.invoked())
                        .flatMap(read -> replaced(history, read, reading(read, write.written()))));
    }

    private static Optional<List<Operation>> unknownVanished(List<Operation> history, Random random) {
        long end = end(history);
        return any(history, random, Kind.MAYBE)
                .flatMap(maybe -> with(history, read(maybe.written(), end), read(maybe.expected(), end + 2)));
    }

    private static Optional<List<Operation>> overwritten(List<Operation> history, Random random) {
        long end = end(history);
        return any(history, random, Kind.APPLIED)
                .flatMap(write ->
                        with(history, new Operation("x", Kind.APPLIED, write.expected(), "new", "", end + 1, end + 2)));
    }

    private static Optional<List<Operation>> falseConflict(List<Operation> history, Random random) {
        long end = end(history);
        return any(history, random, Kind.READ)
                .flatMap(read -> with(
                        history,
                        read(read.seen(), end),
                        new Operation("x", Kind.CONFLICT, read.seen(), "new", "", end + 3, end + 4),
                        read(read.seen(), end + 4)));
    }

    private static Optional<List<Operation>> conflictForApplied(List<Operation> history, Random random) {
        return any(history, random, Kind.APPLIED)
                .filter(write -> isKnown(history, write.written()))
                .flatMap(write -> replaced(
                        history,
                        write,
                        new Operation(
                                write.caller(),
                                Kind.CONFLICT,
                                write.expected(),
                                write.written(),
                                "",
                                write.invoked(),
                                write.returned())));
    }

    private static Optional<List<Operation>> undead(List<Operation> history, Random random) {
        long end = end(history);
        return any(history, random, Kind.APPLIED)
                .flatMap(write -> with(
                        history,
                        new Operation("x", Kind.DELETED, "", "", "", end + 1, end + 2),
                        read(write.written(), end + 2)));
    }

    private static Optional<List<Operation>> vanished(List<Operation> history, Random random) {
        return any(history, random, Kind.APPLIED).flatMap(write -> with(history, read(ABSENT, end(history))));
    }

    private static Optional<List<Operation>> blindDeletion(List<Operation> history, Random random) {
        long end = end(history);
        return any(history, random, Kind.APPLIED)
                .flatMap(write -> with(history, new Operation("x", Kind.FOUND_NONE, "", "", "", end + 1, end + 2)));
    }
}
