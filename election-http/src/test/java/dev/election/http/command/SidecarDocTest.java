package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.election.http.LeaderHttpServer;
import dev.election.http.metrics.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/sidecar.md} are those of the code: nothing is missing there, and nothing more is in them.
 *
 * <p>A table stands behind a line such as {@code <!-- table: options -->}, and ends with an empty line. When this fails,
 * the page as it should be is in {@code target/sidecar.md}: read what changed, and copy it.
 */
class SidecarDocTest {

    private static final Path PUBLISHED = Path.of("../docs/sidecar.md");
    private static final Path WRITTEN = Path.of("target/sidecar.md");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final String MARK = "<!-- table: ";

    private static Map<String, List<String>> tables() throws IOException {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        tables.put(
                "commands",
                rows(
                        "command|",
                        Subcommands.all().stream()
                                .map(each -> cells(code("election " + each.name()), each.summary()))));
        for (Option.Group group : Option.Group.values()) {
            tables.put(
                    "options " + group.name().toLowerCase(Locale.ROOT),
                    rows(
                            "option|variable|commands|",
                            Stream.of(Option.values())
                                    .filter(option -> option.group() == group)
                                    .map(option -> cells(
                                            code(option.usage()),
                                            code(option.variable()),
                                            takers(option),
                                            option.description()))));
        }
        tables.put("endpoints", rows("request|", endpoints()));
        tables.put(
                "metrics",
                rows(
                        "metric|type|labels|",
                        Stream.of(Metric.values())
                                .map(each -> cells(
                                        code(each.id()),
                                        each.type().name().toLowerCase(Locale.ROOT),
                                        String.join(", ", each.labels()),
                                        each.help()))));
        tables.put(
                "variables",
                rows("variable|", Stream.of(Variable.values()).map(each -> cells(code(each.name()), each.meaning()))));
        tables.put(
                "exit codes",
                rows(
                        "exit code|commands|",
                        Stream.of(ExitCode.values())
                                .map(each ->
                                        cells(code(Integer.toString(each.code())), enders(each), each.meaning()))));
        return tables;
    }

    @Test
    void the_tables_of_the_page_are_those_of_the_code() throws Exception {
        List<String> lines = Files.readAllLines(PUBLISHED);
        Map<String, List<String>> tables = tables();
        StringBuilder page = new StringBuilder();
        boolean inTable = false;
        for (String line : lines) {
            inTable &= !line.isEmpty();
            if (!inTable) {
                page.append(line).append('\n');
            }
            if (line.startsWith(MARK)) {
                String name = line.substring(MARK.length(), line.indexOf(" -->"));
                List<String> table = tables.remove(name);
                assertThat(table).as("a table of the code named " + name).isNotNull();
                page.append(String.join("\n", table)).append('\n');
                inTable = true;
            }
        }
        Files.writeString(WRITTEN, page);
        assertThat(tables.keySet()).as("tables that the page has no place for").isEmpty();
        assertThat(page.toString()).isEqualTo(Files.readString(PUBLISHED));
    }

    /** Those of {@code /openapi.json}, which another test compares with what is served. */
    private static Stream<String> endpoints() throws IOException {
        JsonNode paths;
        try (InputStream document = LeaderHttpServer.class.getResourceAsStream("openapi.json")) {
            paths = new ObjectMapper().readTree(document).get("paths");
        }
        List<String> rows = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    String request = method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                    rows.add(cells(
                            code(request), method.getValue().get("summary").asText() + "."));
                }
            }
        }
        return rows.stream();
    }

    private static List<String> rows(String headings, Stream<String> rows) {
        String head = "| " + headings.replace("|", " | ") + " |";
        return Stream.concat(
                        Stream.of(head.replace("  ", " "), "|" + "---|".repeat(headings.split("\\|", -1).length)), rows)
                .toList();
    }

    private static String cells(String... cells) {
        return Stream.of(cells).collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** A bar would end the cell. */
    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String takers(Option option) {
        List<String> takers = Subcommands.all().stream()
                .filter(command -> command.options().contains(option))
                .map(Subcommand::name)
                .toList();
        assertThat(takers).as("commands that take " + option.flag()).isNotEmpty();
        return String.join(", ", takers);
    }

    private static String enders(ExitCode code) {
        if (code == ExitCode.OK
                || code == ExitCode.WRONG_USE
                || Subcommands.all().stream()
                        .allMatch(command -> command.exitCodes().contains(code))) {
            return "all";
        }
        return Subcommands.all().stream()
                .filter(command -> command.exitCodes().contains(code))
                .map(Subcommand::name)
                .collect(Collectors.joining(", "));
    }
}
