package dev.election.tck;

import dev.election.spi.BackendException;
import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

/**
 * The kit without code: runs against the backend whose URI is in the system property {@value #BACKEND}, opened by the
 * provider of its scheme. {@link Tck} runs it from a command line, and Surefire by {@code dependenciesToScan}, which is
 * why its name is that of a test.
 */
final class BackendUriTest extends BackendTck {

    static final String BACKEND = "election.tck.backend";

    /** One failure that says why, rather than one for each test, where there is no store to test. */
    @BeforeAll
    static void storeAnswers() throws Exception {
        try (ElectionBackend backend = ElectionBackend.open(backendUri())) {
            backend.read("tck-probe", Kit.TIMEOUT);
        } catch (BackendException e) {
            throw new IllegalStateException(
                    "the store of " + backendUri() + " cannot be read, so nothing was tested", e);
        }
    }

    static String scheme() {
        String uri = System.getProperty(BACKEND, "no backend");
        int colon = uri.indexOf(':');
        return colon < 0 ? uri : BackendUri.parse(uri).scheme();
    }

    private static String backendUri() {
        String uri = System.getProperty(BACKEND);
        if (uri == null) {
            throw new IllegalArgumentException(
                    "the system property " + BACKEND + " is not set: it is the URI of the backend to test, such as"
                            + " -D" + BACKEND + "=file:/tmp/election-tck");
        }
        return uri;
    }

    @Override
    protected ElectionBackend open() {
        return ElectionBackend.open(backendUri());
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of(backendUri());
    }
}
