package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command line that was typed, with what came of it. */
record Typed(int exitCode, String out, String err) {

    /** Runs a command of the program with arguments separated by blanks, and {@code NAME=value} before them. */
    static Typed line(String line) throws InterruptedException {
        return line(Subcommands.all(), Style.PLAIN, line);
    }

    static Typed line(List<Subcommand> commands, Style style, String line) throws InterruptedException {
        List<String> words = new ArrayList<>(line.isEmpty() ? List.of() : List.of(line.split(" ")));
        Map<String, String> environment = new HashMap<>();
        while (!words.isEmpty() && words.get(0).matches("[A-Z_]+=.*")) {
            String[] variable = words.remove(0).split("=", 2);
            environment.put(variable[0], variable[1]);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), style, false);
        Surroundings surroundings = new Surroundings(
                environment, Optional.of(Path.of("/home/ann")), () -> Optional.of("host-1"), Optional::empty);
        int code = new Program(commands, surroundings, terminal).execute(words.toArray(String[]::new));
        return new Typed(code, text(out), text(err));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
    }
}
