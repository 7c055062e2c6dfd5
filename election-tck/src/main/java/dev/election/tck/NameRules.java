package dev.election.tck;

import static dev.election.tck.Kit.TIMEOUT;
import static dev.election.tck.Kit.create;
import static dev.election.tck.Kit.free;
import static dev.election.tck.Kit.held;
import static dev.election.tck.Kit.write;
import static dev.election.tck.Rule.S11;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackend.Capability;
import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule S11 for names and URIs. */
abstract class NameRules {

    /** The longest that an election's name may be. */
    private static final int LONGEST = 200;

    private final Kit kit;

    NameRules(Kit kit) {
        this.kit = kit;
    }

    @Test
    @Proves(S11)
    @DisplayName("elections whose names resemble each other are apart, and every legal name works")
    void namesApart() throws Exception {
        ElectionBackend view = kit.open();
        Map<String, Snapshot> states = new LinkedHashMap<>();
        for (String name : names()) {
            Answer answer = Answer.patiently(view, name, Version.ABSENT, free(), TIMEOUT);
            assertTrue(
                    answer.isApplied(),
                    () -> "the record of election " + name + " could not be created, and was told " + answer
                            + ": it is taken for that of an election with a similar name; there are "
                            + states.keySet());
            states.put(name, Objects.requireNonNull(answer.told()));
        }
        for (String name : states.keySet()) {
            states.put(name, write(view, name, states.get(name).version(), held("holder-of-" + name, 1)));
        }
        assertStates(view, states);
        if (kit.declares(Capability.DELETE)) {
            for (String name : List.copyOf(states.keySet()).subList(0, 3)) {
                assertTrue(view.delete(name, TIMEOUT), () -> name + " was not there any more when it was deleted");
                states.put(name, Snapshot.ABSENT);
                assertStates(view, states);
            }
        }
    }

    private List<String> names() throws Exception {
        String base = kit.newElection();
        List<String> names = new ArrayList<>(List.of(base));
        for (String ending : List.of(".b", "-b", "--b", ".b.c", "b", "0", ".json", ".lock", ".tmp")) {
            names.add(kit.newElection(base + ending));
        }
        names.add(kit.newElection(base + ".abcdefghijklmnopqrstuvwxyz.0123456789-z"));
        names.add(kit.newElection(base + "y".repeat(LONGEST - base.length())));
        names.add(kit.newElection(base + "y".repeat(LONGEST - base.length() - 1) + "z"));
        return names;
    }

    private static void assertStates(ElectionBackend view, Map<String, Snapshot> states) throws Exception {
        for (Map.Entry<String, Snapshot> election : states.entrySet()) {
            assertEquals(
                    election.getValue(),
                    view.read(election.getKey(), TIMEOUT),
                    () -> "the record of election " + election.getKey() + " was changed by a write to an election with"
                            + " a similar name; these were used: " + states.keySet());
        }
    }

    @Test
    @Proves(S11)
    @DisplayName("the URI opens the same store")
    void uriOpensStore() throws Exception {
        String uri = kit.uri();
        ElectionBackendProvider provider = provider(uri);
        assertTrue(
                provider.uriForm().startsWith(provider.scheme() + ":"),
                () -> "uriForm() shows people how a URI looks, beginning with its scheme; it is " + provider.uriForm());
        ElectionBackend view = kit.open();
        String election = kit.newElection();
        Snapshot created = create(view, election);
        try (ElectionBackend byUri = ElectionBackend.open(uri)) {
            assertEquals(
                    created,
                    byUri.read(election, TIMEOUT),
                    () -> "what was written through open() is not read by a backend that was opened by " + uri);
            Snapshot held = write(byUri, election, created.version(), held("holder", 1));
            assertEquals(held, view.read(election, TIMEOUT), "what was written by URI is not read through open()");
        }
    }

    @Test
    @Proves(S11)
    @DisplayName("an option that the provider does not know is refused by its name")
    void unknownOption() {
        String uri = kit.uri();
        String misspelt = uri + (uri.contains("?") ? "&" : "?") + "tck-unknown=1";
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> ElectionBackend.open(misspelt).close(),
                () -> "an option that does not exist was accepted in " + misspelt
                        + ": one that is misspelt would silently be without effect");
        assertTrue(
                String.valueOf(refusal.getMessage()).contains("tck-unknown"),
                () -> "the refusal of an option names it, or nobody finds the mistake; it says "
                        + refusal.getMessage());
    }

    private static ElectionBackendProvider provider(String uri) {
        String scheme = BackendUri.parse(uri).scheme();
        return ServiceLoader.load(ElectionBackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals(scheme))
                .findFirst()
                .orElseThrow();
    }
}
