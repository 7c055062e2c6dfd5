package dev.election.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("S11")
@DisplayName("S11 names and identities")
class NamesTest {

    static Stream<String> goodElections() {
        return Stream.of("a", "0", "orders", "a-b", "a--b", "a.b", "1.2.3", "a".repeat(200), "a.".repeat(99) + "aa");
    }

    static Stream<String> badElections() {
        return Stream.of(
                "",
                "A",
                "aB",
                "a_b",
                "a b",
                "a/b",
                "..",
                "-a",
                "a-",
                ".a",
                "a.",
                "a..b",
                "a.-b",
                "a-.b",
                "a\n",
                "\u00e9",
                "\u0661",
                "a\u0000",
                "a".repeat(201),
                "a".repeat(199) + "-",
                "a-".repeat(100));
    }

    static Stream<String> goodIdentities() {
        return Stream.of("a", "host-1", "A_b/c:d@e", "!~", "\"", "x".repeat(200));
    }

    static Stream<String> badIdentities() {
        return Stream.of("", " ", "a b", "a\t", "a\n", "\u007f", "\u00e9", "\ud83d\ude00", "x".repeat(201));
    }

    @ParameterizedTest
    @MethodSource("goodElections")
    @DisplayName("a good election is returned")
    void goodElection(String name) {
        assertThat(Names.requireElection(name)).isSameAs(name);
    }

    @ParameterizedTest
    @MethodSource("badElections")
    @DisplayName("a bad election is refused with the rule, on one short line")
    void badElection(String name) {
        assertThatThrownBy(() -> Names.requireElection(name))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("1 to 200 characters", "lower-case letters")
                .matches("[ -~\u2026]{1,500}");
    }

    @ParameterizedTest
    @MethodSource("goodIdentities")
    @DisplayName("a good identity is returned")
    void goodIdentity(String identity) {
        assertThat(Names.requireIdentity(identity)).isSameAs(identity);
    }

    @ParameterizedTest
    @MethodSource("badIdentities")
    @DisplayName("a bad identity is refused with the rule, on one short line")
    void badIdentity(String identity) {
        assertThatThrownBy(() -> Names.requireIdentity(identity))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("1 to 200", "printable ASCII", "no spaces")
                .matches("[ -~\u2026]{1,500}");
    }

    @ParameterizedTest
    @DisplayName("a bad name is shown as it is, what cannot be printed by its number")
    @CsvSource({
        "' ~', ' ~'",
        "'a\u001f', 'a\\u001f'",
        "'a\u007f', 'a\\u007f'",
        "'\u00e9 x', '\\u00e9 x'",
        "'\ud83d\ude00', '\\ud83d\\ude00'"
    })
    void shown(String bad, String as) {
        assertThatThrownBy(() -> Names.requireElection(bad)).hasMessageEndingWith("; got \"" + as + "\"");
        assertThatThrownBy(() -> Names.requireIdentity(" " + bad)).hasMessageEndingWith("; got \" " + as + "\"");
    }

    @Test
    @DisplayName("a long name is cut, and its length is told")
    void cut() {
        assertThatThrownBy(() -> Names.requireElection("A".repeat(200)))
                .hasMessageEndingWith("; got \"" + "A".repeat(200) + "\"");
        assertThatThrownBy(() -> Names.requireElection("A".repeat(201)))
                .hasMessageEndingWith("; got \"" + "A".repeat(200) + "\"\u2026 (201 characters)");
    }
}
