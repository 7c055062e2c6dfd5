package dev.election.http.exec;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A command and its arguments, byte by byte as this process got them. The JVM decodes its arguments as the locale says, and
 * in the C locale, which is that of most containers and services, all but ASCII is lost by it; what is no text in the
 * locale's encoding is lost in any.
 */
public final class CommandWords {

    private final List<byte[]> words;

    private CommandWords(List<byte[]> words) {
        this.words = words;
    }

    /**
     * The last words of this process's own command line.
     *
     * @param decoded what the JVM made of them
     */
    public static CommandWords of(List<String> decoded) {
        return of(decoded, Path.of("/proc/self/cmdline"));
    }

    static CommandWords of(List<String> decoded, Path commandLine) {
        try {
            List<byte[]> all = split(Files.readAllBytes(commandLine));
            List<byte[]> last = all.subList(Math.max(0, all.size() - decoded.size()), all.size());
            if (areThose(last, decoded)) {
                return new CommandWords(List.copyOf(last));
            }
        } catch (IOException e) {
            // As below.
        }
        // This is no Linux, or the words come from elsewhere, such as a test.
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        return new CommandWords(
                decoded.stream().map(word -> word.getBytes(charset)).toList());
    }

    /** Each word ends with a zero byte. */
    private static List<byte[]> split(byte[] commandLine) {
        List<byte[]> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                words.add(Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        return words;
    }

    private static boolean areThose(List<byte[]> words, List<String> decoded) {
        if (words.size() != decoded.size()) {
            return false;
        }
        for (int i = 0; i < words.size(); i++) {
            String ascii = new String(words.get(i), StandardCharsets.US_ASCII);
            if (isAscii(words.get(i)) && !ascii.equals(decoded.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(byte[] word) {
        for (byte each : word) {
            if (each < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the JVM knows the command's own name. */
    public boolean isNameKnown() {
        return isAscii(words.get(0));
    }

    /** The command, for people. */
    String name() {
        return new String(words.get(0), StandardCharsets.UTF_8);
    }

    /** Whether the JVM can hand them on as they are; otherwise it takes {@link #escaped()}. */
    boolean areAscii() {
        return words.stream().allMatch(CommandWords::isAscii);
    }

    /** As they are, if they are ASCII. */
    List<String> plain() {
        return words.stream()
                .map(word -> new String(word, StandardCharsets.US_ASCII))
                .toList();
    }

    /** So that they stay what they are when the rest is {@link #escaped()}. */
    static List<String> escaped(List<String> others) {
        return others.stream()
                .map(word -> escaped(word.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    /** In ASCII, as {@code printf %b} of a shell takes them. */
    List<String> escaped() {
        return words.stream().map(CommandWords::escaped).toList();
    }

    private static String escaped(byte[] word) {
        StringBuilder text = new StringBuilder();
        for (byte each : word) {
            if (each < 0 || each == '\\') {
                text.append(String.format("\\0%03o", each & 0xff));
            } else {
                text.append((char) each);
            }
        }
        return text.toString();
    }
}
