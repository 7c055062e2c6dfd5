package com.example.wrong;

import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;

/** Fails: that is what it is for. */
class WrongBackendTest extends BackendTck {
    @Override
    protected ElectionBackend open() {
        return new WrongBackend("test");
    }
}
