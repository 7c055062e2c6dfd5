package dev.election.tck;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

/**
 * Where reports go: {@code election-tck/NAME.txt} and {@code election-tck/NAME.tsv} below the build directory of the
 * test class, be it run by Maven, Gradle or an IDE; for a class from a jar below that of the working directory. Where
 * there is no build directory, no file is written.
 */
final class ReportFiles {

    /** The system property that names another directory. */
    static final String DIRECTORY = "election.tck.reports";

    private static final Set<String> BUILD_DIRECTORIES = Set.of("target", "build");

    private final @Nullable Path directory;

    private ReportFiles(@Nullable Path directory) {
        this.directory = directory;
    }

    private static ReportFiles of(Class<?> testClass) {
        String given = System.getProperty(DIRECTORY);
        if (given != null) {
            return new ReportFiles(Path.of(given));
        }
        return new ReportFiles(Stream.concat(buildDirectories(testClass), buildDirectoriesHere())
                .findFirst()
                .map(build -> build.resolve("election-tck"))
                .orElse(null));
    }

    /** The nearest first. */
    private static Stream<Path> buildDirectories(Class<?> testClass) {
        return location(testClass).stream()
                .filter(Files::isDirectory)
                .flatMap(classes -> Stream.iterate(classes, path -> path != null, Path::getParent))
                .filter(path -> path.getFileName() != null
                        && BUILD_DIRECTORIES.contains(path.getFileName().toString()));
    }

    private static Stream<Path> buildDirectoriesHere() {
        return BUILD_DIRECTORIES.stream().sorted().map(Path::of).filter(Files::isDirectory);
    }

    private static Optional<Path> location(Class<?> testClass) {
        CodeSource source = testClass.getProtectionDomain().getCodeSource();
        try {
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return Optional.empty(); // nothing that this machine's file system has
        }
    }

    /**
     * What a backend is called in reports: the {@link DisplayName} of its class of tests, or the name of that class
     * without what says that it is one.
     */
    static String nameOf(Class<?> testClass) {
        if (testClass == BackendUriTest.class) {
            return BackendUriTest.scheme();
        }
        DisplayName displayName = testClass.getAnnotation(DisplayName.class);
        return displayName != null
                ? displayName.value()
                : testClass.getSimpleName().replaceFirst("(?<=.)(Compatibility)?(Tck)?(IT|Tests?)?$", "");
    }

    /** Prints a report, and writes it where it belongs. */
    static void publish(Class<?> testClass, Report report, PrintStream out) {
        out.println(report.toText());
        try {
            of(testClass).write(report);
        } catch (IOException e) {
            out.println("The report could not be written: " + e);
        }
    }

    private void write(Report report) throws IOException {
        if (directory == null) {
            return;
        }
        String name = report.backend().replaceAll("[^\\p{Alnum}._-]", "-");
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(name + ".txt"), report.toText());
        Files.writeString(directory.resolve(name + ".tsv"), report.toTsv());
    }
}
