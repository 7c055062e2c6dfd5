package dev.election.http.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes what is shipped beside the program and made from its tables. For the build. */
public final class Papers {

    private Papers() {}

    /**
     * Writes the manual page and the completions below a directory such as {@code share}, where systems look for them.
     *
     * @param args the directory
     */
    public static void main(String[] args) throws IOException {
        LogProvider.use();
        Completion completion = new Completion(Subcommands.all());
        Map<String, String> papers = Map.of(
                "man/man1/election.1", new ManPage(Subcommands.all()).text(),
                "bash-completion/completions/election", completion.bash(),
                "zsh/site-functions/_election", completion.zsh(),
                "fish/vendor_completions.d/election.fish", completion.fish());
        for (Map.Entry<String, String> paper : papers.entrySet()) {
            Path file = Path.of(args[0]).resolve(paper.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, paper.getValue());
        }
    }
}
