package dev.election.http.exec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandWordsTest {

    @TempDir
    private Path directory;

    /** @param commandLine one character for each byte */
    private CommandWords words(String commandLine, String... decoded) throws IOException {
        return CommandWords.of(
                List.of(decoded), Files.writeString(directory.resolve("cmdline"), commandLine, ISO_8859_1));
    }

    @Test
    void ascii_is_passed_on_as_it_is() throws IOException {
        CommandWords words = words("java\0exec\0job\0\0a\\b\n\0", "job", "", "a\\b\n");
        assertThat(words.areAscii()).isTrue();
        assertThat(words.plain()).containsExactly("job", "", "a\\b\n");
    }

    @Test
    void what_the_jvm_could_not_decode_is_passed_on_byte_by_byte() throws IOException {
        CommandWords words = words("java\0exec\0job\0Z\u00c3\u00bcrich\0\u00ff\\0101\0", "job", "Z??rich", "?\\0101");
        assertThat(words.areAscii()).isFalse();
        assertThat(words.isNameKnown()).isTrue();
        assertThat(words.escaped()).containsExactly("job", "Z\\0303\\0274rich", "\\0377\\01340101");
    }

    @Test
    void a_name_that_the_jvm_could_not_decode_is_not_known() throws IOException {
        assertThat(words("java\0z\u00c3\u00bc\0", "z??").isNameKnown()).isFalse();
    }

    /** Such as in a test, which calls the program without a process of its own. */
    @Test
    void words_that_are_not_of_this_process_are_taken_as_they_are_given() throws IOException {
        assertThat(words("java\0-jar\0surefire.jar\0", "job", "a").plain()).containsExactly("job", "a");
        assertThat(words("java\0", "job", "a").plain()).containsExactly("job", "a");
        assertThat(CommandWords.of(List.of("job"), directory.resolve("none")).plain())
                .containsExactly("job");
    }
}
