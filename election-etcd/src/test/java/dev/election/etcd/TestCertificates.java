package dev.election.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A certificate authority, and certificates of it for a server on 127.0.0.1 and for a client, as files in PEM. */
public final class TestCertificates {

    private static final String PASSWORD = "changeit";

    private final Path dir;

    /**
     * Makes them, by the JDK's keytool.
     *
     * @param client the client's name: its common name, which etcd takes for a user
     */
    public TestCertificates(Path dir, String client) {
        this.dir = dir;
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=test-ca", "-ext", "bc:c");
        issue("server", "CN=server", "san=ip:127.0.0.1,dns:etcd.test");
        issue("client", "CN=" + client, "san=dns:" + client);
        try (InputStream in = Files.newInputStream(file("store.p12"))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            writePem("ca.pem", "CERTIFICATE", store.getCertificate("ca").getEncoded());
            for (String alias : List.of("server", "client")) {
                byte[] key = store.getKey(alias, PASSWORD.toCharArray()).getEncoded();
                writePem(alias + ".key", "PRIVATE KEY", key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path ca() {
        return file("ca.pem");
    }

    public Path serverCert() {
        return file("server.pem");
    }

    public Path serverKey() {
        return file("server.key");
    }

    public Path clientCert() {
        return file("client.pem");
    }

    public Path clientKey() {
        return file("client.key");
    }

    private void writePem(String name, String kind, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        Files.writeString(file(name), "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
    }

    private Path file(String name) {
        return dir.resolve(name);
    }

    private void issue(String alias, String name, String alternatives) {
        String request = file(alias + ".csr").toString();
        keytool("-genkeypair", "-alias", alias, "-dname", name);
        keytool("-certreq", "-alias", alias, "-file", request);
        // etcd is a client of itself, too.
        keytool(
                "-gencert",
                "-alias",
                "ca",
                "-infile",
                request,
                "-outfile",
                file(alias + ".pem").toString(),
                "-rfc",
                "-ext",
                alternatives,
                "-ext",
                "eku=serverAuth,clientAuth");
    }

    private void keytool(String action, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                action,
                "-keystore",
                file("store.p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        if (action.equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "365"));
        }
        command.addAll(Arrays.asList(args));
        EtcdServer.run(command);
    }
}
