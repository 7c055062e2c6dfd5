package dev.election.zookeeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Key and trust stores made by the JDK's own {@code keytool}: a server, a client it trusts, and a stranger. */
final class Stores {

    static final String PASSWORD = "changeit";

    private final Path dir;

    Stores(Path dir) throws Exception {
        this.dir = dir;
        pair("server", "ip:127.0.0.1,dns:localhost");
        pair("elsewhere", "dns:elsewhere.example");
        pair("client", "dns:localhost,ip:127.0.0.1");
        pair("stranger", "dns:localhost,ip:127.0.0.1");
        trust("trusts-client", "client");
        trust("trusts-server", "server");
        trust("trusts-elsewhere", "elsewhere");
        Files.writeString(dir.resolve("password"), PASSWORD + "\n");
        Files.writeString(dir.resolve("wrong-password"), "wrong\n");
        pem("client");
    }

    /** A PKCS12 store: {@code server}, {@code client}, {@code stranger}, {@code trusts-client}, … */
    Path p12(String name) {
        return dir.resolve(name + ".p12");
    }

    Path pem(String name, String what) {
        return dir.resolve(name + "-" + what + ".pem");
    }

    Path passwordFile() {
        return dir.resolve("password");
    }

    Path wrongPasswordFile() {
        return dir.resolve("wrong-password");
    }

    private void pair(String name, String names) throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + names,
                "-keystore",
                p12(name).toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-keystore",
                p12(name).toString(),
                "-file",
                pem(name, "certificate").toString());
    }

    private void trust(String name, String trusted) throws Exception {
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                trusted,
                "-file",
                pem(trusted, "certificate").toString(),
                "-keystore",
                p12(name).toString());
    }

    private void pem(String name) throws Exception {
        KeyStore store = KeyStore.getInstance(p12(name).toFile(), PASSWORD.toCharArray());
        Key key = store.getKey(name, PASSWORD.toCharArray());
        Certificate certificate = store.getCertificate(name);
        Files.writeString(
                pem(name, "key"),
                block("PRIVATE KEY", key.getEncoded()) + block("CERTIFICATE", certificate.getEncoded()));
    }

    private static String block(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + type + "-----\n";
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
    }
}
