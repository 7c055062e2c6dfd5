package dev.election.tck.servers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Where the programs of servers are: in {@code $KUBEBUILDER_ASSETS}, on the {@code PATH}, and in the cache that {@code
 * script/servers} fills.
 */
public final class Programs {

    private Programs() {}

    /** The first directory that has all of these programs. */
    public static Optional<Path> directoryOf(String... programs) {
        return directories()
                .filter(dir -> Arrays.stream(programs).allMatch(name -> Files.isExecutable(dir.resolve(name))))
                .findFirst();
    }

    /** A program. */
    public static Optional<Path> find(String program) {
        return directoryOf(program).map(dir -> dir.resolve(program));
    }

    /** Skips the calling test because there is no such server; with {@code CI=true} fails it instead. */
    public static <T> T missing(String server, String cure) {
        String line = "NO " + server + ": " + cure;
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(line);
        }
        System.err.println(line + " Tests on it are SKIPPED.");
        return Assumptions.abort(line);
    }

    private static Stream<Path> directories() {
        List<Path> dirs = new ArrayList<>();
        Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS")).map(Path::of).ifPresent(dirs::add);
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(Path::of)
                .forEach(dirs::add);
        dirs.add(cache().resolve("k8s").resolve("1.20.2-linux-amd64"));
        dirs.add(cache().resolve("k8s").resolve("1.20.2-linux-arm64"));
        return dirs.stream();
    }

    /** As in {@code script/servers}. */
    private static Path cache() {
        String own = System.getenv("ELECTION_CACHE");
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"), ".cache");
        return own != null ? Path.of(own) : (xdg != null ? Path.of(xdg) : home).resolve("election");
    }
}
