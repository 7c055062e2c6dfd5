package dev.election.http.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where a command writes: answers to {@link #out()}, all else to {@link #err()}.
 *
 * @param outStyle colours, if what is written to {@code out} goes to a person's terminal
 * @param showsProgress whether a person watches {@code err}, on a terminal that can take a line away again, so that one
 *     may tell what is being waited for
 */
record Terminal(PrintStream out, PrintStream err, Style outStyle, boolean showsProgress) {

    /** Which of the standard streams are terminals, as bin/election found: Java 17 cannot tell them apart. */
    private static final String TERMINALS = "election.terminals";

    static Terminal ofThisProcess(Map<String, String> environment) {
        String terminals = System.getProperty(TERMINALS, "");
        boolean sequences = !environment.getOrDefault("TERM", "dumb").equals("dumb");
        // https://no-color.org: present and not empty
        boolean colours = terminals.contains("out")
                && environment.getOrDefault(Variable.NO_COLOR.name(), "").isEmpty()
                && sequences;
        return new Terminal(
                System.out, System.err, colours ? Style.COLOURS : Style.PLAIN, terminals.contains("err") && sequences);
    }

    /**
     * Prints an answer.
     *
     * @throws IOException when it could not be written, as on a full disk: who asked must not take it for an answer
     */
    void answer(String text) throws IOException {
        out.print(text);
        if (out.checkError()) {
            throw new IOException("cannot write to standard output");
        }
    }
}
