package dev.election.http.command;

import dev.election.spi.ElectionBackendProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * What defaults are made of: all that the sidecar takes from where it runs.
 *
 * @param environment the environment variables
 * @param home the user's home directory; empty when there is none
 * @param hostName asked only when needed; empty when it has none
 * @param ambientBackend the backend that a provider finds around us, such as a cluster; asked only when needed
 */
record Surroundings(
        Map<String, String> environment,
        Optional<Path> home,
        Supplier<Optional<String>> hostName,
        Supplier<Optional<String>> ambientBackend) {

    /** The kernel's own host name on Linux, which is what Go's {@code os.Hostname} gives; asks no name server. */
    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    static Surroundings ofThisProcess() {
        return new Surroundings(
                System.getenv(),
                Optional.of(Path.of(System.getProperty("user.home"))).filter(Files::isDirectory),
                Surroundings::findHostName,
                Surroundings::findAmbientBackend);
    }

    private static Optional<String> findHostName() {
        try {
            return Optional.of(Files.readString(KERNEL_HOST_NAME).strip()).filter(name -> !name.isEmpty());
        } catch (IOException notLinux) {
            try {
                return Optional.of(InetAddress.getLocalHost().getHostName());
            } catch (UnknownHostException none) {
                return Optional.empty();
            }
        }
    }

    private static Optional<String> findAmbientBackend() {
        try {
            return ServiceLoader.load(ElectionBackendProvider.class).stream()
                    .flatMap(provider -> provider.get().ambientUri().stream())
                    .findFirst();
        } catch (ServiceConfigurationError e) {
            // Not one less: it may be the one that knows where we are, and elections must not split over two stores.
            throw new IllegalArgumentException(
                    "which store is meant here cannot be found out, so name it by --backend: " + e.getMessage(), e);
        }
    }
}
