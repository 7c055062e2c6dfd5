package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.election.spi.BackendUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code bin/election} in an installation of empty jars, with a Java that only tells what it was started with, and keeps
 * an "archive" of three bytes when it is asked for one.
 */
@Timeout(60)
class LauncherIT {

    private static final Path LAUNCHER = Path.of("src/main/dist/bin/election");

    private static final String JAVA = """
            #!/bin/sh
            for word; do
              case $word in
                -XX:ArchiveClassesAtExit=*) printf jsa >"${word#*=}" && exit ;;
              esac
            done
            printf '%s\\n' "$@"
            """;

    private record Started(int exitCode, List<String> java, String err) {

        /** The folders on the class path, such as {@code lib}. */
        List<String> folders() {
            return Arrays.stream(java.get(java.indexOf("-cp") + 1).split(":"))
                    .map(jar -> Path.of(jar).getParent().getFileName().toString())
                    .distinct()
                    .toList();
        }

        Optional<Path> archive() {
            return java.stream()
                    .filter(word -> word.startsWith("-XX:SharedArchiveFile="))
                    .map(word -> Path.of(word.split("=", 2)[1]))
                    .findFirst();
        }
    }

    @TempDir
    private Path directory;

    private Path home;
    private String shell = "sh";
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectory(directory.resolve("with blank"));
        for (String folder :
                List.of("lib", "backends/kubernetes", "backends/etcd", "backends/zookeeper", "backends/netty", "ext")) {
            Files.writeString(Files.createDirectories(home.resolve(folder)).resolve("some.jar"), "");
        }
        executable(home.resolve("bin/election"), Files.readString(LAUNCHER));
        Path java = directory.resolve("java");
        executable(java.resolve("bin/java"), JAVA);
        Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"17.0.1\"\n");
        environment.put("JAVA_HOME", java.toString());
        environment.put("ELECTION_ARCHIVES", "none");
        environment.put("HOME", directory.toString());
        environment.put("PATH", System.getenv("PATH"));
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Started start(String... arguments) throws IOException, InterruptedException {
        return start(home.resolve("bin/election"), arguments);
    }

    private Started start(Path command, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(shell, command.toString()));
        words.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "launcher", ".out");
        Path err = Files.createTempFile(directory, "launcher", ".err");
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        int exitCode = process.waitFor();
        return new Started(exitCode, Files.readAllLines(out), Files.readString(err));
    }

    // ---- The class path ----

    private static final List<String> ALL = List.of("lib", "etcd", "kubernetes", "netty", "zookeeper", "ext");

    private static List<String> expectedFolders(String scheme) {
        return switch (scheme) {
            case "file", "memory" -> List.of("lib", "ext");
            case "kubernetes" -> List.of("lib", "kubernetes", "ext");
            case "etcd", "zookeeper" -> List.of("lib", scheme, "netty", "ext");
            default -> ALL;
        };
    }

    /** As the program will find it. */
    private String scheme(String... arguments) {
        Subcommand command = new RunCommand();
        Parser.Parsed parsed = Parser.parse(command, List.of(arguments));
        boolean inCluster = environment.containsKey("KUBERNETES_SERVICE_HOST")
                && Files.isReadable(Path.of(environment.get("KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN")));
        Surroundings surroundings = new Surroundings(
                environment,
                Optional.of(directory),
                () -> Optional.of("host"),
                () -> inCluster ? Optional.of("kubernetes:") : Optional.empty());
        CommonOptions options = new CommonOptions(
                new dev.election.http.command.Arguments(command.options(), parsed.flags(), environment), surroundings);
        return BackendUri.parse(options.backend()).scheme();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--election=e",
                "--election=e --backend=etcd://h:1/p",
                "--election=e --backend etcd://h:1/p",
                "--election=e -backend=etcd://h:1/p",
                "-backend etcd://h:1/p -election e",
                "--backend=file:/a --backend=zookeeper://h:1/p --election=e",
                "--backend=zookeeper://h:1/p --election=e --backend=file:/a",
                "--backend=ETCD://h:1/p --election=e",
                "--backend= --election=e",
                "--backend=memory:x --election=e",
                "--backend=jdbc:postgresql://h/x --election=e",
                "--backend=kubernetes:?lock=endpoints --election=e",
                "--id etcd://h --election=e",
                "--election=e --election-namespace=n",
                "--election=e --lock=endpoints",
                "--election=e --kubeconfig /some/file",
                "--election=e --use-cluster-credentials",
                "--election=e --use-cluster-credentials=false",
                "--election=e --use-cluster-credentials=true",
                "--use-cluster-credentials --election=e --backend=kubernetes:",
                "ELECTION_BACKEND=etcd://h:1/p --election=e",
                "ELECTION_BACKEND=etcd://h:1/p --election=e --backend=file:/a",
                "ELECTION_BACKEND=etcd://h:1/p --election=e --backend=",
                "ELECTION_ELECTION_NAMESPACE=n --election=e",
                "ELECTION_LOCK=lease --election=e",
                "ELECTION_LOCK=lease --election=e --lock=",
                "ELECTION_KUBECONFIG=/f --election=e",
                "ELECTION_USE_CLUSTER_CREDENTIALS=1 --election=e",
                "ELECTION_USE_CLUSTER_CREDENTIALS=F --election=e",
                "KUBERNETES_SERVICE_HOST=h KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN=/dev/null --election=e",
                "KUBERNETES_SERVICE_HOST=h KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN=/no/such --election=e",
                "KUBERNETES_SERVICE_HOST=h KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN=/dev/null --election=e --backend=file:/a",
            })
    void the_class_path_is_for_the_backend_that_the_program_will_choose(String line) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(line.split(" ")));
        while (words.get(0).matches("[A-Z_]+=.*")) {
            String[] variable = words.remove(0).split("=", 2);
            environment.put(variable[0], variable[1]);
        }
        String[] arguments = words.toArray(String[]::new);
        String scheme = scheme(arguments);
        for (String each : List.of("dash", "bash", "sh")) {
            if (Files.isExecutable(Path.of("/bin", each))) {
                shell = each;
                Started started = start(arguments);
                assertThat(started.err()).isEmpty();
                assertThat(started.folders()).as("%s, %s", scheme, each).isEqualTo(expectedFolders(scheme));
                assertThat(started.java()).endsWith(arguments);
            }
        }
    }

    @Test
    void the_options_that_have_no_value_are_those_of_the_program() throws IOException {
        List<String> listed = Files.readAllLines(LAUNCHER).stream()
                .filter(line -> line.strip().startsWith("h | help | version |"))
                .flatMap(line -> Stream.of(line.strip().split("\\)")[0].split(" \\| ")))
                .toList();
        List<String> switches = Stream.of(Option.values())
                .filter(option -> option.form() == Option.Form.SWITCH)
                .map(option -> option.flag().substring(2))
                .toList();
        assertThat(listed).contains("h", "help", "version").containsAll(switches);
        assertThat(listed).hasSize(3 + switches.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"backends", "completion bash", "run --backend=nosuch:x", "--backend=nosuch"})
    void all_backends_are_at_hand_for_who_asks_for_all_or_for_an_unknown_one(String line) throws Exception {
        assertThat(start(line.split(" ")).folders()).isEqualTo(ALL);
    }

    @Test
    void an_installation_without_the_backend_has_those_it_has() throws Exception {
        Files.delete(home.resolve("backends/etcd/some.jar"));
        Files.delete(home.resolve("backends/etcd"));
        assertThat(start("--backend=etcd://h:1/p").folders())
                .doesNotContain("etcd")
                .contains("kubernetes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec --election=e", "exec --election=e --", "exec --election=e --id a --"})
    void words_of_the_command_that_exec_runs_choose_nothing(String line) throws Exception {
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        words.addAll(List.of("psql", "--backend=etcd://h:1/p"));
        assertThat(start(words.toArray(String[]::new)).folders()).containsExactly("lib", "ext");
    }

    // ---- Java ----

    @Test
    void it_is_found_through_symbolic_links_and_blanks() throws Exception {
        Path links = Files.createDirectory(directory.resolve("links"));
        Files.createSymbolicLink(links.resolve("one"), home.resolve("bin/election"));
        Files.createSymbolicLink(links.resolve("two"), Path.of("one"));
        assertThat(start(links.resolve("two"), "--election=e").folders()).contains("lib");
    }

    @Test
    void an_older_java_is_refused_without_being_started() throws Exception {
        Path release = directory.resolve("java/release");
        Files.writeString(release, "JAVA_VERSION=\"1.8.0_402\"\n");
        Started started = start("--election=e");
        assertThat(started.exitCode()).isEqualTo(1);
        assertThat(started.err())
                .isEqualTo("election: it takes Java 17 or later; " + directory.resolve("java/bin/java")
                        + " is 1.8.0_402\n");
        assertThat(started.java()).isEmpty();
    }

    @Test
    void a_java_without_a_release_file_is_asked_for_its_version() throws Exception {
        Files.delete(directory.resolve("java/release"));
        executable(
                directory.resolve("java/bin/java"),
                "#!/bin/sh\n[ \"$1\" != -version ] || { echo 'openjdk version \"11.0.2\"' >&2; exit; }\necho started\n");
        assertThat(start("--election=e").err()).endsWith("/java is 11.0.2\n");
    }

    @Test
    void options_of_the_user_come_after_ours() throws Exception {
        environment.put("ELECTION_JAVA_OPTS", "-Xmx1g -Da=*");
        List<String> java = start("--election=e").java();
        assertThat(java).containsSubsequence("-Xmx64m", "-Xmx1g", "-Da=*", "-cp");
    }

    // ---- The archive of classes ----

    @Test
    void the_first_start_makes_an_archive_and_each_start_uses_it() throws Exception {
        Path archives = directory.resolve("archives");
        environment.put("ELECTION_ARCHIVES", archives.toString());
        Optional<Path> first = start("--election=e").archive();
        assertThat(first).isPresent();
        assertThat(first.get()).hasParent(archives).hasContent("jsa");
        assertThat(start("--election=e").archive()).isEqualTo(first);
        assertThat(start("status", "--election=e").archive()).isEqualTo(first);
        try (Stream<Path> files = Files.list(archives)) {
            assertThat(files).as("and nothing else").hasSize(1);
        }
    }

    @Test
    void each_backend_each_java_and_each_set_of_jars_has_its_own() throws Exception {
        environment.put("ELECTION_ARCHIVES", directory.resolve("archives").toString());
        Optional<Path> first = start("--election=e").archive();
        assertThat(start("--election=e", "--backend=etcd://h:1/p").archive())
                .isPresent()
                .isNotEqualTo(first);
        Files.writeString(home.resolve("lib/some.jar"), "changed");
        Optional<Path> second = start("--election=e").archive();
        assertThat(second).isPresent().isNotEqualTo(first);
        Files.writeString(home.resolve("ext/another.jar"), "");
        Optional<Path> third = start("--election=e").archive();
        assertThat(third).isPresent().isNotEqualTo(second);
        Files.writeString(directory.resolve("java/release"), "IMPLEMENTOR=\"Else\"\nJAVA_VERSION=\"17.0.1\"\n");
        assertThat(start("--election=e").archive()).isPresent().isNotEqualTo(third);
    }

    @Test
    void what_ends_soon_makes_none() throws Exception {
        environment.put("ELECTION_ARCHIVES", directory.resolve("archives").toString());
        for (String line : List.of("--help", "--version", "status --election=e", "backends")) {
            assertThat(start(line.split(" ")).archive()).as(line).isEmpty();
        }
        assertThat(directory.resolve("archives")).doesNotExist();
    }

    @Test
    void where_it_cannot_be_kept_the_program_starts_without() throws Exception {
        environment.put("ELECTION_ARCHIVES", Files.writeString(directory.resolve("file"), "") + "/archives");
        Started started = start("--election=e");
        assertThat(started.exitCode()).isZero();
        assertThat(started.err()).isEmpty();
        assertThat(started.archive()).isEmpty();
    }

    @Test
    void when_the_training_fails_the_program_starts_without() throws Exception {
        executable(directory.resolve("java/bin/java"), JAVA.replace("&& exit ;;", "&& exit 1 ;;"));
        Path archives = directory.resolve("archives");
        environment.put("ELECTION_ARCHIVES", archives.toString());
        Started started = start("--election=e");
        assertThat(started.exitCode()).isZero();
        assertThat(started.archive()).isEmpty();
        assertThat(archives).isEmptyDirectory();
    }

    @Test
    void it_can_be_made_beforehand_for_every_backend() throws Exception {
        environment.remove("ELECTION_ARCHIVES");
        Started made = start("--make-archive");
        assertThat(made.exitCode()).isZero();
        assertThat(made.java()).hasSize(4).allMatch(line -> line.startsWith(home.resolve("archives/") + "/"));
        assertThat(start("--election=e", "--backend=zookeeper://h:1/p").archive())
                .hasValueSatisfying(archive -> assertThat(made.java()).contains(archive.toString()));
        assertThat(start("--make-archive", "--kubeconfig=f").java()).hasSize(1);
    }

    @Test
    void a_broken_archive_stops_nothing() throws Exception {
        Path installed = Path.of("target/election").toAbsolutePath();
        assumeTrue(Files.exists(installed.resolve("bin/election")), "the distribution, made by ./mvnw package");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("ELECTION_ARCHIVES", directory.resolve("archives").toString());
        Started made = start(installed.resolve("bin/election"), "--make-archive", "--backend=memory:x");
        assertThat(made.exitCode()).as(made.err()).isZero();
        Path archive = Path.of(made.java().get(0));
        byte[] bytes = Files.readAllBytes(archive);
        assertThat(bytes).hasSizeGreaterThan(1_000_000);
        List<byte[]> broken = new ArrayList<>(
                List.of(Arrays.copyOf(bytes, 10_000), Arrays.copyOf(bytes, bytes.length - 1), new byte[0]));
        for (int place : List.of(0, 100, 5_000, bytes.length / 2, bytes.length - 100)) {
            byte[] changed = bytes.clone();
            Arrays.fill(changed, place, place + 100, (byte) 0x55);
            broken.add(changed);
        }
        for (byte[] each : broken) {
            Files.delete(archive);
            Files.write(archive, each);
            Started started = start(installed.resolve("bin/election"), "--version", "--backend=memory:x");
            assertThat(started.err()).isEmpty();
            assertThat(started.exitCode()).isZero();
            assertThat(started.java()).hasSize(1).allMatch(line -> line.startsWith("election "));
        }
    }

    // ---- What a command of exec gets from us ----

    /** Or files of the JVM would take their numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"<&-", "2>&-", "<&- 2>&-"})
    void standard_streams_that_are_closed_become_empty_ones(String closed) throws Exception {
        executable(directory.resolve("java/bin/java"), """
                #!/bin/sh
                for stream in 0 2; do { true 3>&$stream; } 2>/dev/null || echo "$stream is closed"; done
                """);
        executable(directory.resolve("closing"), "exec \"$@\" " + closed);
        List<String> words =
                new ArrayList<>(List.of(home.resolve("bin/election").toString(), "--election=e"));
        assertThat(start(directory.resolve("closing"), words.toArray(String[]::new))
                        .java())
                .isEmpty();
    }

    @Test
    void what_exec_runs_keeps_its_limit_of_open_files() throws Exception {
        assertThat(start("exec", "--election=e", "--", "job").java()).contains("-XX:-MaxFDLimit");
        assertThat(start("--election=e").java()).doesNotContain("-XX:-MaxFDLimit");
    }
}
