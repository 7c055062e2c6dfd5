package com.example;

import dev.election.local.FileBackend;
import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileBackendTest extends BackendTck {
    @TempDir
    static Path directory;

    @Override
    protected ElectionBackend open() {
        return FileBackend.open(directory);
    }
}
