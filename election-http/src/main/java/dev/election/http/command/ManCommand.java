package dev.election.http.command;

import java.io.IOException;
import java.util.List;

/** Prints the manual page. */
final class ManCommand implements Subcommand {

    @Override
    public String name() {
        return "man";
    }

    @Override
    public String summary() {
        return "Prints the manual page, which the distribution has as share/man/man1/election.1.";
    }

    @Override
    public String synopsis() {
        return "";
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Read it", "election man | man -l -"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public int run(Invocation invocation) throws IOException {
        invocation.terminal().answer(new ManPage(Subcommands.all()).text());
        return ExitCode.OK.code();
    }
}
