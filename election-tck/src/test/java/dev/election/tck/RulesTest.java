package dev.election.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** That rules, tests and the README go together. */
class RulesTest {

    private static final Path README = Path.of("README.md");
    private static final String BEGIN = "<!-- The rules: made from Rule.java; RulesTest compares. -->\n";
    private static final String END = "<!-- The end of the rules. -->\n";

    private static List<Method> tests() {
        return ReflectionSupport.findNestedClasses(BackendTck.class, nested -> true).stream()
                .flatMap(nested ->
                        AnnotationSupport.findAnnotatedMethods(nested, Testable.class, HierarchyTraversalMode.TOP_DOWN)
                                .stream())
                .toList();
    }

    private static List<Method> testsOf(Rule rule) {
        return tests().stream()
                .filter(test ->
                        List.of(test.getAnnotation(Proves.class).value()).contains(rule))
                .toList();
    }

    @Test
    void everyTestNamesTheRulesThatItProvesAndSaysWhat() {
        assertThat(tests()).isNotEmpty().allSatisfy(test -> {
            assertThat(test.getAnnotation(Proves.class)).as("@Proves").isNotNull();
            assertThat(test.getAnnotation(Proves.class).value()).isNotEmpty();
            assertThat(test.getAnnotation(DisplayName.class)).as("@DisplayName").isNotNull();
        });
    }

    @ParameterizedTest
    @EnumSource
    void everyRuleHasTestsOrAReasonWhyNot(Rule rule) {
        assertThat(testsOf(rule).isEmpty())
                .as("no test proves it")
                .isEqualTo(rule.notTested().isPresent());
    }

    @Test
    void theReadmeSaysWhatTheRulesSay() throws IOException {
        String readme = Files.readString(README);
        assertThat(readme).contains(BEGIN, END);
        String rules = Arrays.stream(Rule.values()).map(RulesTest::row).collect(Collectors.joining());
        String wanted = readme.substring(0, readme.indexOf(BEGIN)) + BEGIN
                + "| | | the rule | what it is for | proven by |\n|---|---|---|---|---|\n" + rules
                + readme.substring(readme.indexOf(END));
        Files.writeString(Path.of("target", "README.md"), wanted);
        assertThat(readme)
                .as("election-tck/README.md; as it should be, it is in election-tck/target/README.md")
                .isEqualTo(wanted);
    }

    private static String row(Rule rule) {
        return "| **%s** | %s | %s | %s | %s |\n"
                .formatted(rule, rule.level(), rule.title(), rule.intent(), provenBy(rule));
    }

    private static String provenBy(Rule rule) {
        return rule.notTested()
                .map(reason -> "– (" + reason + ")")
                .orElseGet(() -> testsOf(rule).stream()
                        .map(test -> test.getDeclaringClass().getSimpleName())
                        .distinct()
                        .sorted()
                        .map(name -> "[" + name + "](src/main/java/dev/election/tck/" + name + ".java)")
                        .collect(Collectors.joining(", ")));
    }
}
