package dev.election.tck;

import dev.election.local.FileBackend;
import dev.election.spi.ElectionBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

    /** By an editor: the file keeps its inode, and is half written for a moment. */
    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(new TextRecords() {
            @Override
            protected Optional<String> get(String election) throws IOException {
                try {
                    return Optional.of(Files.readString(file(election)));
                } catch (NoSuchFileException e) {
                    return Optional.empty();
                }
            }

            @Override
            protected void put(String election, String text) throws IOException {
                Files.writeString(file(election), text);
            }
        });
    }

    private static Path file(String election) {
        return directory.resolve(election + ".json");
    }
}
