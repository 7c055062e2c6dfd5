package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.http.BadRequests;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecordJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people get wrong, and what they are told: {@code docs/bad-input.md} is what this writes. When it fails, the file
 * as it should be is in {@code target/bad-input.md}: read what changed, and copy it.
 */
@Timeout(120)
class BadInputTest {

    private static final Path PUBLISHED = Path.of("../docs/bad-input.md");
    private static final Path WRITTEN = Path.of("target/bad-input.md");
    private static final int AT_LEAST = 60;
    private static final int LONGEST_SHOWN = 60;

    @TempDir
    private Path dir;

    private final StringBuilder page = new StringBuilder();
    private final List<String> notRefused = new ArrayList<>();
    private int count;

    @Test
    void every_error_is_the_one_that_is_published() throws Exception {
        page.append("# Bad input, and the error it gets\n\n")
                .append(
                        "Written by `BadInputTest`, which tries each of these and fails when an answer is another one.\n");
        names();
        timing();
        records();
        uris();
        files();
        etcd();
        zookeeper();
        kubernetes();
        commandLine();
        http();
        page.append("\n").append(count).append(" bad inputs.\n");
        String written = page.toString();
        Files.writeString(WRITTEN, written);
        assertThat(notRefused).isEmpty();
        assertThat(count).isGreaterThanOrEqualTo(AT_LEAST);
        assertThat(written).isEqualTo(Files.exists(PUBLISHED) ? Files.readString(PUBLISHED) : "no such page");
    }

    // ---- The library ----

    private void names() {
        section(
                "Names and identities",
                "`Elections.elector(name)`, `.identity(identity)`, `.minimumFencingToken(token)`");
        for (String name :
                new String[] {"", "Orders", "a_b", "a b", "-a", "a-", "a..b", ".a", "ö", "a/b", "a\nb", "a".repeat(201)
                }) {
            refused(name, () -> withElections(elections -> elections.elector(name)));
        }
        for (String identity : new String[] {"", "me too", "Zoë", "a\u0000", "i".repeat(201)}) {
            refused(
                    "identity " + quoted(identity),
                    () -> withElections(elections -> elections.elector("orders").identity(identity)));
        }
        refused(
                "token 0",
                () -> withElections(elections -> elections.elector("orders").minimumFencingToken(0)));
    }

    private void timing() {
        section("Times", "`ElectionTiming.of(lease, renew deadline, retry period)`");
        String[] times = {
            "PT0S PT10S PT2S", "PT15S PT0S PT2S", "PT15S PT10S PT0S", "PT-15S PT10S PT2S", "PT25H PT10S PT2S",
            "PT2H PT10S PT2S", "PT15S PT15S PT2S", "PT15S PT14S PT2S", "PT15S PT2S PT2S", "PT15S PT2S PT10S",
            "PT15S PT10S PT0.001S", "PT15S PT0.02S PT0.015S",
        };
        for (String time : times) {
            String[] each = time.split(" ");
            refused(
                    time,
                    () -> ElectionTiming.of(Duration.parse(each[0]), Duration.parse(each[1]), Duration.parse(each[2])));
        }
        for (double drift : new double[] {-0.01, 1, Double.NaN, 0.3}) {
            refused("drift bound " + drift, () -> ElectionTiming.DEFAULT.withDriftBound(drift));
        }
    }

    private interface Use {
        void of(Elections elections) throws Exception;
    }

    private static Object withElections(Use use) throws Exception {
        try (Elections elections = Elections.open("memory:bad-input")) {
            use.of(elections);
        }
        return "accepted";
    }

    private void records() {
        section("Stored records", "`LockRecordJson.parse(json)`; a backend adds where the record is, and the cure");
        String[] records = {
            "",
            "null",
            "[]",
            "{",
            "{} {}",
            "{\"holderIdentity\":7}",
            "{\"leaseDurationSeconds\":\"15\"}",
            "{\"leaseDurationSeconds\":1.5}",
            "{\"leaseDurationSeconds\":9999999999}",
            "{\"fencingToken\":-1}",
            "{\"fencingToken\":9223372036854775808}",
            "{\"leaderTransitions\":-1}",
            "{\"renewTime\":\"yesterday\"}",
            "{\"renewTime\":\"2026-01-02\"}",
            "{\"attempt\":true}",
            "{\"a\":1,\"a\":2}",
        };
        for (String record : records) {
            refused(record, () -> LockRecordJson.parse(record));
        }
        refused("a record of 70 000 characters", () -> LockRecordJson.parse(" ".repeat(70_000)));
    }

    // ---- Backends ----

    private void uris() {
        section("Backend URIs", "`Elections.open(uri)`");
        String[] uris = {
            "",
            "orders",
            "/var/lib/election",
            "1x:a",
            "nowhere:a",
            "memory:",
            "memory:a#b",
            "memory:a?b=c",
            "memory:a?b",
            "memory:a?=b",
            "memory:a?b=c&b=d",
            "memory:%zz",
            "etcd://me:secret@host:2379",
        };
        for (String uri : uris) {
            opened(uri);
        }
    }

    private void opened(String uri) {
        refused(uri, () -> {
            try (ElectionBackend backend = ElectionBackend.open(uri)) {
                return "opened " + backend;
            }
        });
    }

    private void files() throws Exception {
        section("`file:`", "");
        opened("file:");
        opened("file:relative/path");
        opened("file:/a?mode=x");
        Path file = Files.writeString(dir.resolve("a-file"), "");
        try (ElectionBackend backend = ElectionBackend.open("file:" + file)) {
            refused("file:" + file + " (a file), when read", () -> backend.read("orders", Duration.ofSeconds(10)));
        }
        Path store = Files.createDirectory(dir.resolve("store"));
        try (ElectionBackend backend = ElectionBackend.open("file:" + store)) {
            backend.compareAndSet(
                    "orders",
                    backend.read("orders", Duration.ofSeconds(10)).version(),
                    LockRecordJson.parse("{}").record(),
                    Duration.ofSeconds(10));
            try (var files = Files.list(store)) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    if (Files.size(each) > 0) {
                        Files.writeString(each, "garbage");
                    }
                }
            }
            refused("a record that holds `garbage`", () -> backend.read("orders", Duration.ofSeconds(10)));
            refused("a timeout of zero", () -> backend.read("orders", Duration.ZERO));
        }
    }

    private void etcd() {
        section("`etcd:`", "");
        String[] uris = {
            "etcd:",
            "etcd://",
            "etcd://host:0",
            "etcd://host:70000",
            "etcd://ho st",
            "etcd://a,,b",
            "etcd://host/p?tls=yes",
            "etcd://host?colour=red",
            "etcd://host?caFile=/no/such/ca.pem",
            "etcd://host?user=me",
        };
        for (String uri : uris) {
            opened(uri);
        }
    }

    private void zookeeper() {
        section("`zookeeper:`", "");
        String[] uris = {
            "zookeeper:",
            "zookeeper://",
            "zookeeper://host:0",
            "zookeeper://host:x",
            "zookeeper://a,,b",
            "zookeeper://host//x",
            "zookeeper://host/zookeeper/x",
            "zookeeper://host/a?colour=red",
            "zookeeper://host/a?authFile=/no/such/file",
            "zookeeper://host/a?acl=everyone",
            "zookeeper://host/a?sessionTimeout=soon",
        };
        for (String uri : uris) {
            opened(uri);
        }
    }

    private void kubernetes() throws Exception {
        section("`kubernetes:`", "");
        Path kubeconfig = Files.writeString(dir.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: one, cluster: {server: "https://one.invalid:6443/"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: one, context: {cluster: one, user: u}}]
                current-context: one
                """);
        String file = "kubeconfig=" + kubeconfig;
        opened("kubernetes://host");
        opened("kubernetes:?lokc=lease");
        opened("kubernetes:?lock=configmap&" + file);
        opened("kubernetes:?namespace=No&" + file);
        opened("kubernetes:?namespace=&" + file);
        opened("kubernetes:?context=three&" + file);
        opened("kubernetes:?kubeconfig=/no/such/file");
        Path garbage = Files.writeString(dir.resolve("garbage"), "not: [a, kubeconfig");
        opened("kubernetes:?kubeconfig=" + garbage);
    }

    // ---- The sidecar ----

    private void commandLine() throws Exception {
        section("Command line", "`election …`: exit code 2, and on standard error");
        String[] lines = {
            "",
            "example",
            "--election=Example",
            "--election",
            "--electoin=e",
            "-x",
            "--election=e --id=a\tb",
            "--election=e --http=4040",
            "--election=e --http=localhost:70000",
            "--election=e --http-host=a:80",
            "--election=e --http-resign",
            "--election=e --http-resign=perhaps",
            "--election=e --http-tls-cert=/cert",
            "--election=e --ttl=10",
            "--election=e --ttl=soon",
            "--election=e --ttl=-5s",
            "--election=e --ttl=2h",
            "--election=e --renew-deadline=9.9s",
            "--election=e --ttl=10s --lease-duration=15s",
            "--election=e --log-level=loud",
            "--election=e --lock=file",
            "--election=e --use-cluster-credentials=maybe",
            "--election=e --backend=/var/lib",
            "--election=e --backend=file:/x --lock=lease",
            "ELECTION_TTL=10 --election=e",
            "--backend=file:/x status",
            "sttus --election=e",
            "status",
            "status --election=a,B",
            "status --election=e --ttl=10s",
            "status --election=e --output=xml",
            "status --election=e --timeout=0",
            "status --election=e --backend=nosuch:",
            "watch --election=e example",
            "resign --election=e",
            "resign --election=e --http=:4040",
            "resign --election=e --http=https://me:secret@host",
            "completion csh",
        };
        for (String line : lines) {
            refused(line.startsWith("ELECTION_") ? line.replace(" ", " election ") : "election " + line, () -> {
                throw new IllegalArgumentException(standardError(line));
            });
        }
    }

    private static String standardError(String line) throws InterruptedException {
        Map<String, String> environment = new LinkedHashMap<>();
        String rest = line;
        if (line.startsWith("ELECTION_")) {
            String[] parts = line.split("[= ]", 3);
            environment.put(parts[0], parts[1]);
            rest = parts[2];
        }
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        RunCommand run = new RunCommand(options -> {
            throw new AssertionError(line + " was accepted");
        });
        Surroundings surroundings = new Surroundings(
                environment, Optional.of(Path.of("/home/ann")), () -> Optional.of("host-1"), Optional::empty);
        List<Subcommand> commands = new ArrayList<>(Subcommands.all());
        commands.set(0, run);
        Terminal terminal = new Terminal(
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                new PrintStream(err, true, UTF_8),
                Style.PLAIN,
                false);
        Program command = new Program(commands, surroundings, terminal);
        int code = command.execute(rest.isEmpty() ? new String[0] : rest.split(" "));
        assertThat(code).as(line).isEqualTo(ExitCode.WRONG_USE.code());
        return err.toString(UTF_8).lines().findFirst().orElse("(nothing)");
    }

    private void http() throws Exception {
        section("HTTP", "The status line, and what the body says");
        BadRequests.answers()
                .forEach((input, answer) -> refused(input, () -> {
                    throw new IllegalArgumentException(answer);
                }));
    }

    // ---- The page ----

    private void section(String title, String where) {
        page.append("\n## ").append(title).append("\n\n");
        if (!where.isEmpty()) {
            page.append(where).append("\n\n");
        }
        page.append("| input | error |\n|---|---|\n");
    }

    private void refused(String input, Callable<?> attempt) {
        String error;
        try {
            error = "accepted: " + attempt.call();
        } catch (Exception e) {
            error = e.getMessage();
        }
        count++;
        page.append("| ").append(cell(input)).append(" | ").append(cell(error)).append(" |\n");
        if (error == null || error.startsWith("accepted")) {
            notRefused.add(input + ": " + error);
        }
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    /** One line of a table, in which nothing depends on this machine. */
    private String cell(String text) {
        String shown = text.replace(dir.toString(), "/tmp/x");
        StringBuilder cell = new StringBuilder();
        shown.codePoints().forEach(c -> {
            if (c < 0x20) {
                cell.append(c == '\n' || c == '\r' ? " " : String.format("\\u%04x", c));
            } else {
                cell.appendCodePoint(c);
            }
        });
        shown = cell.toString().trim().replace("|", "\\|").replace("`", "'");
        for (String repeated : new String[] {"a", "i"}) {
            shown = shown.replaceAll(repeated + "{" + LONGEST_SHOWN + ",}", repeated + "…" + repeated);
        }
        return shown.isEmpty() ? "(empty)" : "`` " + shown + " ``";
    }
}
