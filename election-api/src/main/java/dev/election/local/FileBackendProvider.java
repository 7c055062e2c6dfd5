package dev.election.local;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import java.nio.file.Path;
import java.util.Set;

/** Opens {@code file:/DIRECTORY}, also written {@code file:///DIRECTORY}. */
public final class FileBackendProvider implements ElectionBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public FileBackendProvider() {}

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public String uriForm() {
        return "file:/DIRECTORY";
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        uri.allowOptions(Set.of());
        String location = uri.location().startsWith("///") ? uri.location().substring(2) : uri.location();
        if (!location.startsWith("/") || location.startsWith("//")) {
            throw new IllegalArgumentException("\"" + uri
                    + "\": the directory is an absolute path on this machine, the same for all candidates, as in "
                    + uriForm());
        }
        return FileBackend.open(Path.of(location));
    }
}
