package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RequirementsTest {

    @TempDir
    private Path directory;

    private Path program(String name, boolean executable) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(executable)).isTrue();
        return file;
    }

    @Test
    void without_proc_it_says_what_is_needed() {
        assertThatThrownBy(() -> Requirements.check(directory, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exec needs Linux with /proc");
    }

    @Test
    void a_program_that_is_missing_is_named() throws IOException {
        Files.writeString(directory.resolve("uptime"), "1.00 1.00\n");
        Path self = Files.createDirectory(
                directory.resolve(Long.toString(ProcessHandle.current().pid())));
        Files.writeString(self.resolve("stat"), "1 (a) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 5 24\n");
        program("sh", true);
        program("grep", true);
        assertThatThrownBy(() -> Requirements.check(directory, Map.of("PATH", directory.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("not on the PATH: setsid, sleep, env");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_sleep_that_takes_no_fractions_is_told() throws IOException {
        Path sleep = program("sleep", true);
        Files.writeString(sleep, "#!/bin/sh\ncase $1 in *.*) exit 1 ;; esac\n");
        Map<String, String> environment = Map.of("PATH", directory + ":" + System.getenv("PATH"));
        assertThatThrownBy(() -> Requirements.check(environment))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sleep that takes fractions of a second");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void here_is_what_it_takes() {
        assertThatNoException().isThrownBy(() -> Requirements.check(System.getenv()));
    }

    /** As are directories with other than ASCII in their names, in the C locale. */
    @Test
    void directories_of_the_path_that_cannot_be_named_are_passed_over() throws IOException {
        Path file = program("job", true);
        assertThat(Requirements.find("job", Map.of("PATH", "/a\0b:" + directory)))
                .contains(file);
    }

    @Test
    void a_command_is_found_on_the_path_or_by_its_own() throws IOException {
        Path file = program("job", true);
        Map<String, String> environment = Map.of("PATH", "/nonexistent:" + directory);
        assertThat(Requirements.find("job", environment)).contains(file);
        assertThat(Requirements.find(file.toString(), Map.of())).contains(file);
        assertThat(Requirements.find("jobs", environment)).isEmpty();
        assertThat(Requirements.find(directory.toString(), environment)).contains(directory);
        assertThat(Requirements.find(file + "s", environment)).isEmpty();
    }

    @Test
    void an_executable_one_is_preferred_as_a_shell_does() throws IOException {
        Path plain = program("job", false);
        Path other = Files.createDirectory(directory.resolve("other"));
        assertThat(Requirements.find("job", Map.of("PATH", directory + ":" + other)))
                .contains(plain);
        Path executable = Files.copy(program("executable", true), other.resolve("job"));
        assertThat(executable.toFile().setExecutable(true)).isTrue();
        assertThat(Requirements.find("job", Map.of("PATH", directory + ":" + other)))
                .contains(executable);
    }
}
