package com.example.wrong;

import dev.election.spi.BackendUri;
import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;

/** Opens {@code wrong:NAME}. */
public final class WrongBackendProvider implements ElectionBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public WrongBackendProvider() {}

    @Override
    public String scheme() {
        return "wrong";
    }

    @Override
    public String uriForm() {
        return "wrong:NAME";
    }

    @Override
    public ElectionBackend open(BackendUri uri) {
        return new WrongBackend("wrong-" + uri.location());
    }
}
