package dev.election.http.command;

import dev.election.http.command.Option.Group;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The help of a command, laid out for a terminal of at least 100 columns. */
final class HelpText {

    private static final int WIDTH = 100;

    /** Where descriptions begin; longer options have a line of their own. */
    private static final int COLUMN = 34;

    private static final Pattern WORD = Pattern.compile("\\S+");

    private final Style style;
    private final StringBuilder text = new StringBuilder();

    HelpText(Style style) {
        this.style = style;
    }

    String of(Subcommand command) {
        boolean isDefault = Subcommands.isDefault(command);
        line(command.summary());
        line("");
        line(style.bold("Usage:") + " election " + (isDefault ? "[run]" : command.name()) + " " + command.synopsis());
        if (isDefault) {
            line("       election COMMAND [OPTIONS]");
            commands();
        }
        for (Group group : Group.values()) {
            options(command, group);
        }
        if (!command.options().isEmpty()) {
            line("");
            line("Each option can also be given by the environment variable in brackets; the flag wins.");
        }
        if (!command.details().isEmpty()) {
            line("");
            command.details().forEach(this::paragraph);
        }
        heading("Examples");
        for (Subcommand.Example example : command.examples()) {
            if (!example.purpose().isEmpty()) {
                line("  " + example.purpose());
            }
            line("    " + example.line());
        }
        heading("Exit codes");
        for (ExitCode code : ExitCode.values()) {
            if (code == ExitCode.OK
                    || code == ExitCode.WRONG_USE
                    || command.exitCodes().contains(code)) {
                entry(Integer.toString(code.code()), 6, code.meaning());
            }
        }
        return text.toString();
    }

    private void commands() {
        heading("Commands, each with its own --help");
        Subcommands.all().forEach(each -> entry(each.name(), 14, each.summary()));
    }

    private void options(Subcommand command, Group group) {
        List<Option> options =
                command.options().stream().filter(each -> each.group() == group).toList();
        boolean first = group == Group.values()[0];
        if (first || !options.isEmpty()) {
            heading(group.heading());
        }
        for (Option option : options) {
            entry(option.usage(), COLUMN, option.description() + " [" + option.variable() + "]");
        }
        if (first) {
            entry("--help, -h", COLUMN, "Shows this.");
            entry("--version", COLUMN, "Shows the version.");
        }
    }

    private void heading(String heading) {
        line("");
        line(style.bold(heading + ":"));
    }

    /** A name, and what it means beside it, or below if it is too long. */
    private void entry(String name, int column, String meaning) {
        text.append("  ").append(style.bold(name));
        int at = 2 + name.length();
        if (at >= column) {
            text.append('\n');
            at = 0;
        }
        text.append(" ".repeat(column - at));
        wrap(meaning, column);
    }

    private void paragraph(String paragraph) {
        if (paragraph.isEmpty() || paragraph.startsWith(" ")) {
            line(paragraph);
        } else {
            wrap(paragraph, 0);
        }
    }

    /** Goes on at a column, and ends the line. */
    private void wrap(String words, int column) {
        int at = column;
        Matcher word = WORD.matcher(words);
        while (word.find()) {
            if (at > column && at + 1 + word.group().length() > WIDTH) {
                text.append('\n').append(" ".repeat(column));
                at = column;
            }
            if (at > column) {
                text.append(' ');
                at++;
            }
            text.append(word.group());
            at += word.group().length();
        }
        text.append('\n');
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
