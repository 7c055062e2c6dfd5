package dev.election.tck;

import dev.election.local.FileBackend;
import dev.election.spi.ElectionBackend;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class FileTckTest extends BackendTck {

    @TempDir
    static Path directory;

    @Override
    protected ElectionBackend open() {
        return FileBackend.open(directory);
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of("file:" + directory);
    }
}
