package dev.election.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A password in a file, as orchestrators mount secrets. */
record PasswordFile(Path file) implements Credentials.Password {

    @Override
    public String read() throws IOException {
        String password = Files.readString(file).replaceFirst("\\R\\z", "");
        if (password.isEmpty()) {
            throw new IOException(file + " holds no password");
        }
        return password;
    }
}
