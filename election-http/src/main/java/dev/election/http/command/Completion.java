package dev.election.http.command;

import dev.election.http.command.Option.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes completions for shells from the tables of commands and options. */
final class Completion {

    private static final String FILE = "FILE";

    private final List<Subcommand> commands;

    /** @param commands the first is the one that needs no name */
    Completion(List<Subcommand> commands) {
        this.commands = commands;
    }

    /**
     * For bash. It works on the line itself, because bash takes {@code =} and {@code :} for the ends of words, unless
     * it was told otherwise.
     */
    String bash() {
        return """
                # bash completion for election; made by: election completion bash
                _election_options() {
                  case $1 in
                @OPTIONS@
                  esac
                }

                _election_values() {
                  case $1 in
                @VALUES@
                  esac
                }

                _election() {
                  local line=${COMP_LINE:0:COMP_POINT} words word current command=@DEFAULT@ previous=
                  read -ra words <<<"$line"
                  current=
                  [[ $line == *[[:space:]] ]] || current=${words[${#words[@]} - 1]}
                  [[ -z $current ]] || unset "words[${#words[@]} - 1]"
                  COMPREPLY=()
                  for word in "${words[@]:2}"; do
                    # What stands behind it is for another program to complete.
                    [[ $word != -- ]] || return 0
                  done
                  if ((${#words[@]} > 1)); then
                    [[ ${words[1]} == -* ]] || command=${words[1]}
                    previous=${words[${#words[@]} - 1]}
                  fi
                  local option=$previous value=$current
                  if [[ $current == -*=* ]]; then
                    option=${current%%=*}
                    value=${current#*=}
                  elif [[ $current == -* ]]; then
                    COMPREPLY=($(compgen -W "$(_election_options "$command")" -- "$current"))
                    [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
                    return 0
                  fi
                  case $option in
                    --*) ;;
                    -*) option=-$option ;;
                  esac
                  local values
                  values=$(_election_values "$option")
                  if [[ $values == FILE ]]; then
                    compopt -o filenames 2>/dev/null
                    COMPREPLY=($(compgen -f -- "$value"))
                  elif [[ -n $values && ($current == -*=* || $previous == -*) ]]; then
                    COMPREPLY=($(compgen -W "$values" -- "$value"))
                  elif ((${#words[@]} == 1)); then
                    COMPREPLY=($(compgen -W "@COMMANDS@" -- "$current"))
                  elif ((${#words[@]} == 2)); then
                    COMPREPLY=($(compgen -W "$(_election_values "$command")" -- "$current"))
                  fi
                  if [[ $current == -*=* && $COMP_WORDBREAKS != *=* ]]; then
                    COMPREPLY=("${COMPREPLY[@]/#/${current%%=*}=}")
                  fi
                }

                complete -F _election election
                """.replace("@OPTIONS@", bashOptions())
                .replace("@VALUES@", bashValues())
                .replace("@DEFAULT@", commands.get(0).name())
                .replace("@COMMANDS@", commands.stream().map(Subcommand::name).collect(Collectors.joining(" ")));
    }

    private String bashOptions() {
        List<String> lines = new ArrayList<>();
        for (Subcommand command : commands) {
            lines.add("    " + command.name() + ") echo '" + flags(command) + "' ;;");
        }
        return String.join("\n", lines);
    }

    /** Flags end in {@code =} where a value has to follow. */
    private static String flags(Subcommand command) {
        List<String> flags = new ArrayList<>();
        for (Option option : command.options()) {
            flags.add(option.flag() + (option.form() == Form.SWITCH ? "" : "="));
        }
        flags.add("--help");
        flags.add("--version");
        return String.join(" ", flags);
    }

    private String bashValues() {
        List<String> lines = new ArrayList<>();
        for (Option option : optionsOfAll()) {
            if (!option.choices().isEmpty()) {
                lines.add("    " + option.flag() + ") echo '" + String.join(" ", option.choices()) + "' ;;");
            } else if (option.valueLabel().equals(FILE)) {
                lines.add("    " + option.flag() + ") echo " + FILE + " ;;");
            }
        }
        for (Subcommand command : commands) {
            if (!command.choices().isEmpty()) {
                lines.add("    " + command.name() + ") echo '" + String.join(" ", command.choices()) + "' ;;");
            }
        }
        return String.join("\n", lines);
    }

    private List<Option> optionsOfAll() {
        return commands.stream()
                .flatMap(command -> command.options().stream())
                .distinct()
                .toList();
    }

    /** For zsh, by its function {@code _arguments}. */
    String zsh() {
        StringBuilder text =
                new StringBuilder("""
                #compdef election
                # zsh completion for election; made by: election completion zsh
                _election() {
                  local command=@DEFAULT@
                  local -a commands=(
                """.replace("@DEFAULT@", commands.get(0).name()));
        for (Subcommand command : commands) {
            text.append("    ")
                    .append(quoted(command.name() + ":" + command.summary()))
                    .append('\n');
        }
        text.append("""
                  )
                  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
                    _describe command commands
                    return
                  fi
                  if [[ $words[2] != -* ]]; then
                    command=$words[2]
                    shift words
                    ((CURRENT--))
                  fi
                  case $command in
                """);
        for (Subcommand command : commands) {
            text.append("    ").append(command.name()).append(")\n      _arguments -S");
            for (Option option : command.options()) {
                text.append(" \\\n        ").append(zshOption(option));
            }
            text.append(
                    " \\\n        '(- *)'{-h,--help}'[Shows help.]' \\\n        '(- *)--version[Shows the version.]'");
            if (!command.choices().isEmpty()) {
                text.append(" \\\n        '1:word:(")
                        .append(String.join(" ", command.choices()))
                        .append(")'");
            }
            if (command.operands() == Operands.COMMAND_LINE) {
                text.append(" \\\n        '*:::command:_normal'");
            }
            text.append("\n      ;;\n");
        }
        return text.append("""
                  esac
                }

                # Called as itself when it was autoloaded, and else defined by being sourced.
                if [[ $funcstack[1] == _election ]]; then
                  _election "$@"
                else
                  compdef _election election
                fi
                """).toString();
    }

    private static String zshOption(Option option) {
        String meaning = firstSentence(option).replaceAll("[\\[\\]:]", "\\\\$0");
        if (option.form() == Form.SWITCH) {
            return quoted(option.flag() + "[" + meaning + "]");
        }
        String value = option.valueLabel().equals(FILE)
                ? "_files"
                : option.choices().isEmpty() ? "" : "(" + String.join(" ", option.choices()) + ")";
        String repeated = option.form() == Form.REPEATED ? "*" : "";
        String label = option.choices().isEmpty() ? option.valueLabel().replace(":", "\\:") : "value";
        return quoted(repeated + option.flag() + "=[" + meaning + "]:" + label + ":" + value);
    }

    /** For fish. */
    String fish() {
        StringBuilder text = new StringBuilder("""
                # fish completion for election; made by: election completion fish
                complete -c election -f
                """);
        String all = commands.stream().map(Subcommand::name).collect(Collectors.joining(" "));
        for (Subcommand command : commands) {
            String isFirst = "not __fish_seen_subcommand_from " + all + "; and test (count (commandline -opc)) -eq 1";
            text.append("complete -c election -n ")
                    .append(quoted(isFirst))
                    .append(" -a ")
                    .append(command.name())
                    .append(" -d ")
                    .append(quoted(command.summary()))
                    .append('\n');
        }
        for (Subcommand command : commands) {
            String here = command == commands.get(0)
                    ? "__fish_seen_subcommand_from " + command.name() + "; or not __fish_seen_subcommand_from " + all
                    : "__fish_seen_subcommand_from " + command.name();
            String prefix = "complete -c election -n " + quoted(here);
            for (Option option : command.options()) {
                text.append(prefix).append(" -l ").append(option.flag().substring(2));
                text.append(fishValue(option))
                        .append(" -d ")
                        .append(quoted(firstSentence(option)))
                        .append('\n');
            }
            text.append(prefix).append(" -s h -l help -d 'Shows help.'\n");
            text.append(prefix).append(" -l version -d 'Shows the version.'\n");
            if (!command.choices().isEmpty()) {
                text.append(prefix)
                        .append(" -a ")
                        .append(quoted(String.join(" ", command.choices())))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String fishValue(Option option) {
        if (option.form() == Form.SWITCH) {
            return "";
        }
        if (option.valueLabel().equals(FILE)) {
            return " -r -F";
        }
        return option.choices().isEmpty() ? " -x" : " -x -a " + quoted(String.join(" ", option.choices()));
    }

    /** As much as fits beside an option. */
    private static String firstSentence(Option option) {
        return option.description().split("(?<=[.;])\\s", 2)[0];
    }

    /** In single quotes, as all three shells take it. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "’") + "'";
    }
}
