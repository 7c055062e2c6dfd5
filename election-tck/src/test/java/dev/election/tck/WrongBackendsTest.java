package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.election.tck.wrong.Store;
import dev.election.tck.wrong.Wrong;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("The kit")
class WrongBackendsTest {

    /** Fewer would mean that some were lost on the way. */
    private static final int AT_LEAST = 50;

    /** What holds for elections does not show what is wrong with a store. */
    private static final Set<Rule> OF_STORES = EnumSet.range(Rule.S1, Rule.S12);

    private static int caught;

    @AfterAll
    static void printCount() {
        System.out.println("wrong backends caught " + caught + "/" + Wrong.all().count());
    }

    @Test
    @DisplayName("passes the correct backend in all that applies to it, with all hooks")
    void correct() {
        Report report = WrongBackendKit.run(Store::new, OF_STORES);
        assertThat(report.failures()).isEmpty();
        assertThat(passed(report)).as("rules proven on the correct store").containsAll(OF_STORES);
        assertThat(report.results().stream()
                        .filter(result -> result.outcome() == Outcome.NOT_APPLICABLE)
                        .map(Result::message))
                .as("what does not apply")
                .allMatch(reason -> reason.matches("the backend declares (WATCH|DELETE)|needs BackendTck.uri\\(\\).*"));
    }

    private static Set<Rule> passed(Report report) {
        return report.results().stream()
                .filter(result -> result.outcome() == Outcome.PASSED)
                .flatMap(result -> result.rules().stream())
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName("is tried on enough wrong backends, of which no two are the same")
    void enough() {
        List<String> names = Wrong.all().map(Wrong::name).toList();
        assertThat(names).hasSizeGreaterThanOrEqualTo(AT_LEAST).doesNotHaveDuplicates();
    }

    @TestFactory
    @DisplayName("fails a backend that")
    Stream<DynamicTest> wrong() {
        return Wrong.all().map(wrong -> dynamicTest(wrong.name(), () -> assertCaught(wrong)));
    }

    /** By a test that proves the rule that is broken, with a message that names what went wrong. */
    private static void assertCaught(Wrong wrong) {
        Set<Rule> broken = Arrays.stream(wrong.rule().split("\\|"))
                .map(Rule::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Rule.class)));
        Report report = WrongBackendKit.run(wrong.stores(), broken);
        assertThat(report.failures())
                .as("failures that say: %s", wrong.message())
                .anyMatch(failure -> wrong.message().matcher(failure.message()).find());
        caught++;
    }
}
