package dev.election.http.command;

import dev.election.http.command.Option.Group;
import java.util.List;

/** The manual page, written for man(7) from the tables of commands and options. Holds no date: builds repeat. */
final class ManPage {

    private final List<Subcommand> commands;
    private final StringBuilder text = new StringBuilder();

    ManPage(List<Subcommand> commands) {
        this.commands = commands;
    }

    String text() {
        text.setLength(0);
        line(".TH ELECTION 1 \"\" \"election\" \"User Commands\"");
        line(".SH NAME");
        line("election \\- elects one leader among many candidates, and tells who it is");
        synopsis();
        line(".SH COMMANDS");
        commands.forEach(this::command);
        line(".SH OPTIONS");
        plain("Each option can also be given by the environment variable in brackets; the flag wins."
                + " Options are written --name=value or --name value, with one dash or two.");
        for (Group group : Group.values()) {
            line(".SS " + quoted(group.heading()));
            commands.stream()
                    .flatMap(command -> command.options().stream())
                    .distinct()
                    .filter(option -> option.group() == group)
                    .forEach(this::option);
        }
        line(".SH EXIT STATUS");
        for (ExitCode code : ExitCode.values()) {
            line(".TP");
            line(".B " + code.code());
            plain(code.meaning());
        }
        line(".SH ENVIRONMENT");
        for (Variable variable : Variable.values()) {
            line(".TP");
            line(".B " + variable);
            plain(variable.meaning());
        }
        return text.toString();
    }

    private void synopsis() {
        line(".SH SYNOPSIS");
        line(".nf");
        for (Subcommand command : commands) {
            String name = Subcommands.isDefault(command) ? "[run]" : command.name();
            line("\\fBelection " + name + "\\fR " + escaped(command.synopsis()));
        }
        line(".fi");
    }

    private void command(Subcommand command) {
        line(".SS " + quoted("election " + command.name()));
        plain(command.summary());
        boolean asItIs = false;
        for (String paragraph : command.details()) {
            boolean indented = paragraph.startsWith(" ");
            if (indented != asItIs) {
                line(indented ? ".nf" : ".fi");
                asItIs = indented;
            }
            if (indented) {
                line(escaped(paragraph));
            } else if (!paragraph.isEmpty()) {
                line(".PP");
                plain(paragraph);
            }
        }
        if (asItIs) {
            line(".fi");
        }
        for (Subcommand.Example example : command.examples()) {
            if (!example.purpose().isEmpty()) {
                line(".PP");
                plain(example.purpose() + ":");
            }
            line(".PP");
            line(".RS 4");
            line(".nf");
            line(escaped(example.line()));
            line(".fi");
            line(".RE");
        }
    }

    private void option(Option option) {
        line(".TP");
        line("\\fB" + escaped(option.flag()) + "\\fR=\\fI" + escaped(option.valueLabel()) + "\\fR");
        plain(option.description() + " [" + option.variable() + "]");
    }

    /** Running text: a dot or quote at the beginning of a line would be a request. */
    private void plain(String words) {
        if (!words.isEmpty()) {
            line(escaped(words));
        }
    }

    private static String escaped(String words) {
        String escaped = words.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("~", "\\(ti")
                .replace("^", "\\(ha");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private static String quoted(String words) {
        return "\"" + escaped(words).replace("\"", "\\(dq") + "\"";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
