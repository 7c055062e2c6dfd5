package dev.election.http;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * For script/fuzz: any text is no backend URI, said so, or one that reads the same again; and so is the address to
 * listen on.
 */
public final class FuzzUris {

    private FuzzUris() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        parse(text);
        listen(text);
        open("memory:fuzz?" + text);
        open("memory:" + text);
    }

    private static void parse(String text) {
        try {
            BackendUri uri = BackendUri.parse(text);
            BackendUri again = BackendUri.parse(uri.toString());
            if (!again.scheme().equals(uri.scheme()) || !again.location().equals(uri.location())) {
                throw new AssertionError("\"" + uri + "\" reads differently the second time");
            }
            uri.allowOptions(Set.of("option"));
        } catch (IllegalArgumentException e) {
            requireMessage(e);
        }
    }

    private static void listen(String text) {
        try {
            HttpAddress address = HttpAddress.parse(text);
            if (!HttpAddress.parse(address.toString()).equals(address)) {
                throw new AssertionError(address + " reads differently the second time");
            }
        } catch (IllegalArgumentException e) {
            requireMessage(e);
        }
    }

    private static void open(String uri) {
        try {
            ElectionBackend.open(uri).close();
        } catch (IllegalArgumentException e) {
            requireMessage(e);
        }
    }

    private static void requireMessage(IllegalArgumentException e) {
        if (e.getMessage() == null || e.getMessage().length() < 20) {
            throw new AssertionError("an error that does not say what was expected", e);
        }
    }
}
