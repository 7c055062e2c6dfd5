package dev.election.http.command;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the words of a command line apart, as Go's flag packages do, which the classic sidecar was called with: {@code
 * --flag=value}, {@code --flag value}, with one dash or two. After {@code --} there are no more flags.
 *
 * <p>Of our own rather than a library's: that took five times as long as all the rest of the start.
 */
final class Parser {

    /**
     * What stood on a command line.
     *
     * @param flags values by option, in the order in which they were given
     * @param operands the other words
     * @param help whether help is asked for, whatever else stood there
     */
    record Parsed(Map<Option, List<String>> flags, List<String> operands, boolean help, boolean version) {}

    private static final String HELP = "help";
    private static final String HELP_LETTER = "h";
    private static final String VERSION = "version";

    private final Subcommand command;
    private final Map<Option, List<String>> flags = new EnumMap<>(Option.class);
    private final List<String> operands = new ArrayList<>();
    private boolean help;
    private boolean version;

    private Parser(Subcommand command) {
        this.command = command;
    }

    /**
     * Takes apart what stands behind the command's name.
     *
     * @throws IllegalArgumentException for what is no option of it, or an operand that it does not take, saying so
     */
    static Parsed parse(Subcommand command, List<String> words) {
        Parser parser = new Parser(command);
        parser.read(words);
        return new Parsed(parser.flags, List.copyOf(parser.operands), parser.help, parser.version);
    }

    private void read(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                words.subList(i + 1, words.size()).forEach(this::operand);
                return;
            }
            if (!isFlag(word)) {
                operand(word);
                if (command.operands() == Operands.COMMAND_LINE) {
                    words.subList(i + 1, words.size()).forEach(this::operand);
                    return;
                }
                continue;
            }
            int equals = word.indexOf('=');
            Option option = option(equals < 0 ? word : word.substring(0, equals), word);
            if (option == null) {
                continue;
            }
            String value;
            if (equals >= 0) {
                value = word.substring(equals + 1);
            } else if (option.form() == Option.Form.SWITCH) {
                value = "true";
            } else if (i + 1 < words.size() && !isKnownFlag(words.get(i + 1))) {
                value = words.get(++i);
            } else {
                throw new IllegalArgumentException(option.flag() + " needs a value: " + option.usage());
            }
            flags.computeIfAbsent(option, first -> new ArrayList<>()).add(value);
        }
    }

    private static boolean isFlag(String word) {
        return word.length() > 1 && word.charAt(0) == '-';
    }

    /** Whether a value was forgotten before it: one that begins with a dash, such as {@code -5s}, is none. */
    private boolean isKnownFlag(String word) {
        int equals = word.indexOf('=');
        String name = name(equals < 0 ? word : word.substring(0, equals));
        return isFlag(word)
                && (name.equals(HELP) || find(command.options(), name).isPresent());
    }

    private static String name(String flag) {
        return flag.substring(flag.startsWith("--") ? 2 : Math.min(1, flag.length()));
    }

    /** The option of that flag; null when it was one of those that every command takes. */
    private @Nullable Option option(String flag, String word) {
        String name = name(flag);
        Optional<Option> found = find(command.options(), name);
        if (found.isPresent()) {
            return found.get();
        }
        if (flag.equals(word) && (name.equals(HELP) || name.equals(HELP_LETTER))) {
            help = true;
            return null;
        }
        if (flag.equals(word) && name.equals(VERSION)) {
            version = true;
            return null;
        }
        if (find(List.of(Option.values()), name).isPresent()) {
            throw new IllegalArgumentException(
                    "\"" + word + "\" is not for the command " + command.name() + ", which takes other options");
        }
        List<String> known = new ArrayList<>(List.of("--" + HELP, "--" + VERSION));
        command.options().forEach(each -> known.add(each.flag()));
        throw new IllegalArgumentException("unknown option \"" + word + "\""
                + Similar.to("--" + name, known)
                        .map(similar -> "; did you mean " + similar + "?")
                        .orElse(""));
    }

    private static Optional<Option> find(List<Option> options, String name) {
        return options.stream()
                .filter(option -> option.flag().substring(2).equals(name))
                .findFirst();
    }

    private void operand(String word) {
        boolean taken = switch (command.operands()) {
            case NONE -> false;
            case ONE_CHOICE -> operands.isEmpty();
            case COMMAND_LINE -> true;
        };
        if (!taken) {
            boolean isCommand = Subcommands.names().contains(word);
            throw new IllegalArgumentException("unexpected argument \"" + word + "\": "
                    + (isCommand ? "a command stands before its options" : "options are written --name=value"));
        }
        operands.add(word);
    }
}
