package dev.election.http.command;

import java.io.IOException;
import java.util.List;

/** Prints what makes a shell complete this program's commands, options and values. */
final class CompletionCommand implements Subcommand {

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public String summary() {
        return "Prints what makes bash, zsh or fish complete commands, options and values.";
    }

    @Override
    public String synopsis() {
        return "bash|zsh|fish";
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("In this bash", "source <(election completion bash)"),
                new Example(
                        "In each bash from now on",
                        "election completion bash > ~/.local/share/bash-completion/completions/election"),
                new Example("In each zsh, for a directory of $fpath", "election completion zsh > ~/.zfunc/_election"),
                new Example("In each fish", "election completion fish > ~/.config/fish/completions/election.fish"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public Operands operands() {
        return Operands.ONE_CHOICE;
    }

    @Override
    public List<String> choices() {
        return List.of("bash", "zsh", "fish");
    }

    @Override
    public int run(Invocation invocation) throws IOException {
        if (invocation.operands().isEmpty()) {
            throw new IllegalArgumentException("the shell is missing: one of " + String.join(", ", choices()));
        }
        Completion completion = new Completion(Subcommands.all());
        invocation
                .terminal()
                .answer(
                        switch (invocation.operands().get(0)) {
                            case "bash" -> completion.bash();
                            case "zsh" -> completion.zsh();
                            default -> completion.fish();
                        });
        return ExitCode.OK.code();
    }
}
