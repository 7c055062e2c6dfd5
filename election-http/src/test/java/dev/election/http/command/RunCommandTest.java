package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.election.ElectionTiming;
import dev.election.http.HttpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the command line, the environment and the surroundings to what the sidecar is to do, or to what was wrong. */
class RunCommandTest {

    private static final String HELP = "For all options with examples: election --help\n";

    private final Map<String, String> environment = new HashMap<>();
    private final List<RunOptions> ran = new ArrayList<>();
    private Optional<Path> home = Optional.of(Path.of("/home/ann"));
    private Optional<String> hostName = Optional.of("host-1");
    private Optional<String> ambientBackend = Optional.empty();
    private RunCommand.Runner runner = ran::add;
    private String out = "";
    private String err = "";

    /** Runs the command with arguments separated by blanks, and {@code NAME=value} before them as environment. */
    private int execute(String line) {
        List<String> words = new ArrayList<>(Arrays.asList(line.split(" ")));
        while (words.get(0).matches("[A-Z_]+=.*")) {
            String[] variable = words.remove(0).split("=", 2);
            environment.put(variable[0], variable[1]);
        }
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(environment, home, () -> hostName, () -> ambientBackend);
        Terminal terminal = new Terminal(
                new PrintStream(outBytes, true, UTF_8), new PrintStream(errBytes, true, UTF_8), Style.PLAIN, false);
        Program command = new Program(List.of(new RunCommand(options -> runner.run(options))), surroundings, terminal);
        try {
            return command.execute(words.toArray(String[]::new));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            out = outBytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
            err = errBytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
        }
    }

    private RunOptions understood(String line) {
        int code = execute(line);
        assertThat(err).isEmpty();
        assertThat(code).isEqualTo(ExitCode.OK.code());
        assertThat(out).isEmpty();
        assertThat(ran).hasSize(1);
        return ran.get(0);
    }

    private void assertWrongUse(String line, String message) {
        int code = execute(line);
        assertThat(err).isEqualTo("election: " + message + "\n" + HELP);
        assertThat(code).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(out).isEmpty();
        assertThat(ran).isEmpty();
    }

    @Nested
    class Names {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "--election=example --id=a",
                    "--election example --id a",
                    "-election=example -id=a",
                    "-election example -id a",
                    "run --election=example --id=a",
                    "--http=:1 --http= --election=example,example --id=a --id=a",
                    "ELECTION_ELECTION=example ELECTION_ID=a --",
                    "ELECTION_ELECTION=other ELECTION_ID=b --election=example -id a",
                    "ELECTION_ID= --election=example --id=a",
                })
        void are_given_in_any_of_these_ways(String line) {
            RunOptions options = understood(line);
            assertThat(options.elections()).containsExactly("example");
            assertThat(options.identities()).containsExactly("a");
        }

        @ParameterizedTest
        @ValueSource(strings = {"--election=example", "--election=example --id=", "ELECTION_ID= --election=example"})
        void identity_is_the_host_name_by_default(String line) {
            assertThat(understood(line).identities()).containsExactly("host-1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "--election=x --election=y.z --id=a --id=b,c",
                    "--election=x,y.z,x --id a -id b,c --id=",
                    "ELECTION_ELECTION=x,y.z --id=a --id=b,c",
                })
        void several_elections_and_candidates(String line) {
            RunOptions options = understood(line);
            assertThat(options.elections()).containsExactly("x", "y.z");
            assertThat(options.identities()).containsExactly("a", "b,c");
        }

        @Test
        void an_empty_flag_hides_its_variable() {
            assertThat(understood("ELECTION_ID=b --election=example --id=").identities())
                    .containsExactly("host-1");
        }

        @Test
        void an_identity_is_asked_for_where_there_is_no_host_name() {
            hostName = Optional.empty();
            assertWrongUse(
                    "--election=example", "this machine has no host name to serve as identity: give one by --id");
        }
    }

    @Nested
    class Times {

        static Stream<Arguments> understood() {
            return Stream.of(
                    arguments("--election=e", millis(10_000, 5_000, 2_500)),
                    arguments("--election=e --ttl=30s", millis(30_000, 15_000, 7_500)),
                    arguments("--election=e --ttl 1m30s", millis(90_000, 45_000, 22_500)),
                    arguments("--election=e --ttl=PT20S", millis(20_000, 10_000, 5_000)),
                    arguments("ELECTION_TTL=500ms --election=e", millis(500, 250, 125)),
                    arguments("ELECTION_TTL=500ms --election=e --ttl=1s", millis(1_000, 500, 250)),
                    arguments("--election=e --lease-duration=20s", millis(20_000, 10_000, 5_000)),
                    arguments("--election=e --renew-deadline=8s", millis(10_000, 8_000, 2_500)),
                    arguments("--election=e --retry-period=1s", millis(10_000, 5_000, 1_000)),
                    arguments(
                            "--election=e --lease-duration=15s --renew-deadline=10s --retry-period=2s",
                            millis(15_000, 10_000, 2_000)));
        }

        @ParameterizedTest
        @MethodSource
        void understood(String line, ElectionTiming expected) {
            assertThat(RunCommandTest.this.understood(line).timing()).isEqualTo(expected);
        }

        private static ElectionTiming millis(long lease, long deadline, long retry) {
            return ElectionTiming.of(Duration.ofMillis(lease), Duration.ofMillis(deadline), Duration.ofMillis(retry));
        }
    }

    @Nested
    class Backends {

        static Stream<Arguments> understood() {
            return Stream.of(
                    arguments("--election=e", "file:/home/ann/.local/state/election"),
                    arguments("XDG_STATE_HOME=/state --election=e", "file:/state/election"),
                    arguments("XDG_STATE_HOME=/a%b?c#d+e --election=e", "file:/a%25b%3Fc%23d%2Be/election"),
                    arguments("XDG_STATE_HOME=not/absolute --election=e", "file:/home/ann/.local/state/election"),
                    arguments("--election=e --backend=memory:x", "memory:x"),
                    arguments("ELECTION_BACKEND=file:/x --election=e", "file:/x"),
                    arguments("--election=e --use-cluster-credentials", "kubernetes:"),
                    arguments("--use-cluster-credentials --election=e", "kubernetes:"),
                    arguments("--election=e --use-cluster-credentials=true", "kubernetes:"),
                    arguments("ELECTION_USE_CLUSTER_CREDENTIALS=1 --election=e", "kubernetes:"),
                    arguments(
                            "ELECTION_USE_CLUSTER_CREDENTIALS=1 --election=e --use-cluster-credentials=false",
                            "file:/home/ann/.local/state/election"),
                    arguments("--election=e --election-namespace=shop", "kubernetes:?namespace=shop"),
                    arguments(
                            "--election=e --lock=endpoints --election-namespace=shop --kubeconfig=/etc/my&conf",
                            "kubernetes:?namespace=shop&lock=endpoints&kubeconfig=/etc/my%26conf"),
                    arguments("--election=e --backend=kubernetes: --lock=lease", "kubernetes:?lock=lease"),
                    arguments(
                            "--election=e --backend=kubernetes:?namespace=shop --lock=lease",
                            "kubernetes:?namespace=shop&lock=lease"),
                    arguments("--election=e --backend=file:/x --use-cluster-credentials=false", "file:/x"));
        }

        @ParameterizedTest
        @MethodSource
        void understood(String line, String expected) {
            assertThat(RunCommandTest.this.understood(line).backend()).isEqualTo(expected);
        }

        @Test
        void the_surroundings_choose_when_the_user_does_not() {
            ambientBackend = Optional.of("kubernetes:");
            assertThat(RunCommandTest.this.understood("--election=e").backend()).isEqualTo("kubernetes:");
        }

        @Test
        void the_user_chooses_before_the_surroundings() {
            ambientBackend = Optional.of("kubernetes:");
            assertThat(RunCommandTest.this
                            .understood("--election=e --backend=file:/x")
                            .backend())
                    .isEqualTo("file:/x");
        }

        @Test
        void options_for_kubernetes_go_to_the_cluster_around_us() {
            ambientBackend = Optional.of("kubernetes:");
            assertThat(RunCommandTest.this
                            .understood("--election=e --lock=endpoints")
                            .backend())
                    .isEqualTo("kubernetes:?lock=endpoints");
        }

        @Test
        void a_store_is_asked_for_where_there_is_no_home() {
            home = Optional.empty();
            assertWrongUse(
                    "--election=e",
                    "there is no home directory to keep the election in: name a store by --backend,"
                            + " such as file:/var/lib/election");
        }
    }

    @Nested
    class TheRest {

        @Test
        void without_http_nothing_listens() {
            assertThat(understood("--election=e").http()).isEmpty();
            ran.clear();
            assertThat(understood("--election=e --http=").http()).isEmpty();
        }

        @Test
        void an_http_address() {
            assertThat(understood("--election=e --http=localhost:4040").http())
                    .contains(new ServerOptions(
                            new HttpAddress("localhost", 4040), List.of(), Optional.empty(), false, Optional.empty()));
        }

        @Test
        void who_may_ask_and_how() {
            assertThat(understood(
                                    "--election=e --http=:4040 --http-host=a.example --http-host=b"
                                            + " --http-token-file=/token --http-resign --http-tls-cert=/cert --http-tls-key=/key")
                            .http())
                    .contains(new ServerOptions(
                            new HttpAddress("", 4040),
                            List.of("a.example", "b"),
                            Optional.of(Path.of("/token")),
                            true,
                            Optional.of(new ServerOptions.TlsFiles(Path.of("/cert"), Path.of("/key")))));
        }

        @Test
        void the_log_level_is_info_by_default() {
            assertThat(understood("--election=e").logLevel()).isEqualTo(LogLevel.INFO);
        }

        @ParameterizedTest
        @EnumSource
        void a_log_level(LogLevel level) {
            assertThat(understood("--election=e --log-level=" + level.name().toLowerCase(java.util.Locale.ROOT))
                            .logLevel())
                    .isEqualTo(level);
        }
    }

    static Stream<Arguments> wrong() {
        String name = "an election's name has 1 to 200 characters: lower-case letters, digits, '-' and '.', each part"
                + " between dots beginning and ending with a letter or digit; got ";
        String identity = "a candidate's identity has 1 to 200 printable ASCII characters and no spaces; got ";
        String duration = "a duration is written like 10s, 1m30s, 500ms or PT10S; got ";
        String address = "an address is written like localhost:4040, :4040 or [::1]:4040, with a port from 0 to 65535;"
                + " got ";
        String twoLeaders = "lease duration x (1 - drift bound) / (1 + drift bound) > renew deadline is broken, so two"
                + " candidates could lead at once: ";
        return Stream.of(
                arguments("--", "the name of the election is missing: --election=NAME or ELECTION_ELECTION"),
                arguments("--id=a", "the name of the election is missing: --election=NAME or ELECTION_ELECTION"),
                arguments("--election=", "the name of the election is missing: --election=NAME or ELECTION_ELECTION"),
                arguments("--election=Example", "--election: " + name + "\"Example\""),
                arguments("--election=a/b", "--election: " + name + "\"a/b\""),
                arguments("ELECTION_ELECTION=a_b --", "ELECTION_ELECTION: " + name + "\"a_b\""),
                arguments("--election=e --id=Zoë", "--id: " + identity + "\"Zo\\u00eb\""),
                arguments("--election", "--election needs a value: --election=NAME"),
                arguments("--election=e --http", "--http needs a value: --http=HOST:PORT"),
                arguments("--id --election=e", "--id needs a value: --id=NAME"),
                arguments("--electoin=e", "unknown option \"--electoin=e\"; did you mean --election?"),
                arguments("--election=e --verbose", "unknown option \"--verbose\""),
                arguments("--election=e --1", "unknown option \"--1\""),
                arguments("--election=e -x", "unknown option \"-x\""),
                arguments("--election=e\u0007 -x\u0007\u001b[31m", "unknown option \"-x??[31m\""),
                arguments("example", "unknown command \"example\"; election --help lists the commands"),
                arguments("rum", "unknown command \"rum\"; did you mean run?"),
                arguments("--id=a run", "unexpected argument \"run\": a command stands before its options"),
                arguments("--election=e -- a", "unexpected argument \"a\": options are written --name=value"),
                arguments("--election=e --http=4040", "--http: " + address + "\"4040\""),
                arguments("--election=e --http=localhost:70000", "--http: " + address + "\"localhost:70000\""),
                arguments("ELECTION_HTTP=http://x:1 --election=e", "ELECTION_HTTP: " + address + "\"http://x:1\""),
                arguments("--election=e --ttl=10", "--ttl: " + duration + "\"10\""),
                arguments("--election=e --lease-duration=soon", "--lease-duration: " + duration + "\"soon\""),
                arguments("--election=e --ttl=0", "the lease duration must be positive and at most a day: 0 ms"),
                arguments("--election=e --ttl=-5s", "the lease duration must be positive and at most a day: -5000 ms"),
                arguments(
                        "--election=e --ttl=2h",
                        "the lease duration must be at most 3600000 ms: lease duration 7200000 ms"),
                arguments("--election=e --ttl=10ms", "the retry period must be at least 5 ms: retry period 2.5 ms"),
                arguments(
                        "--election=e --renew-deadline=9.5s",
                        twoLeaders + "10000 ms x (1 - 0.05) / (1 + 0.05) = 9047.619047 ms <= 9500 ms"),
                arguments(
                        "--election=e --lease-duration=15s --renew-deadline=15s --retry-period=2s",
                        twoLeaders + "15000 ms x (1 - 0.05) / (1 + 0.05) = 13571.428571 ms <= 15000 ms"),
                arguments(
                        "--election=e --retry-period=5s",
                        "retry period < renew deadline is broken, so no failed renewal could be tried again in time:"
                                + " 5000 ms >= 5000 ms"),
                arguments(
                        "--election=e --ttl=10s --lease-duration=15s",
                        "--ttl sets all times at once, so it does not go together with --lease-duration"),
                arguments(
                        "ELECTION_TTL=10s --election=e --renew-deadline=5s --retry-period=1s",
                        "ELECTION_TTL sets all times at once, so it does not go together with --renew-deadline,"
                                + " --retry-period"),
                arguments(
                        "--election=e --backend=/var/lib",
                        "--backend: a backend URI has the form scheme:location?option=value, such as"
                                + " file:/var/lib/election; got \"/var/lib\""),
                arguments(
                        "--election=e --backend=etcd://me:secret@host",
                        "--backend: a backend URI carries no user or password, because it is logged:"
                                + " \"etcd://***@host\""),
                arguments(
                        "--election=e --backend=file:/x --lock=lease",
                        "--lock is for kubernetes: only, but the backend is file:/x"),
                arguments(
                        "ELECTION_KUBECONFIG=/c --election=e --backend=file:/x",
                        "ELECTION_KUBECONFIG is for kubernetes: only, but the backend is file:/x"),
                arguments(
                        "--election=e --backend=memory:x --election-namespace=n",
                        "--election-namespace is for kubernetes: only, but the backend is memory:x"),
                arguments(
                        "--election=e --backend=memory:x --use-cluster-credentials",
                        "--use-cluster-credentials is for kubernetes: only, but the backend is memory:x"),
                arguments(
                        "--election=e --backend=kubernetes:?lock=lease --lock=endpoints",
                        "--lock says again what the backend kubernetes:?lock=lease says: give one of them"),
                arguments(
                        "--election=e --use-cluster-credentials --kubeconfig=/c",
                        "--use-cluster-credentials and --kubeconfig are two ways to reach a cluster: give one of them"),
                arguments(
                        "--election=e --use-cluster-credentials=maybe",
                        "--use-cluster-credentials: true or false is expected; got \"maybe\""),
                arguments(
                        "--election=e --lock=configmap",
                        "--lock: one of lease, endpoints is expected; got \"configmap\""),
                arguments(
                        "--election=e --log-level=loud",
                        "--log-level: one of error, warn, info, debug, trace is expected; got \"loud\""));
    }

    @ParameterizedTest
    @MethodSource
    void wrong(String line, String message) {
        assertWrongUse(line, message);
    }

    @Test
    void wrong_use_that_shows_only_at_the_start() {
        runner = options -> {
            throw new IllegalArgumentException("no backend for \"nosuch:\"");
        };
        assertWrongUse("--election=e --backend=nosuch:", "no backend for \"nosuch:\"");
    }

    @Test
    void what_cannot_start_fails_with_one_line() {
        runner = options -> {
            throw new IOException("cannot listen on 127.0.0.1:4040: Address already in use");
        };
        assertThat(execute("--election=e")).isEqualTo(ExitCode.FAILED.code());
        assertThat(err).isEqualTo("election: cannot listen on 127.0.0.1:4040: Address already in use\n");
        assertThat(out).isEmpty();
    }
}
