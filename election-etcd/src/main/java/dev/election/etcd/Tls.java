package dev.election.etcd;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The files that TLS takes, in PEM. They are taken apart here, and not by gRPC's transport, so that what is wrong with
 * one is told when the backend is opened, and with the file's name.
 *
 * @param caFile who vouches for the server; null for the JDK's own authorities
 * @param certFile our certificate, followed by those above it; or null
 * @param keyFile its private key; null exactly if there is no certificate
 */
record Tls(
        @Nullable Path caFile,
        @Nullable Path certFile,
        @Nullable Path keyFile) {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** Kinds of keys that TLS knows. */
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    /** Reads the files; throws IllegalArgumentException when one cannot be read or used. */
    ChannelCredentials credentials() {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        try {
            if (caFile != null) {
                builder.trustManager(trust(certificates("caFile", caFile)));
            }
            if (certFile != null && keyFile != null) {
                builder.keyManager(identity(certificates("certFile", certFile), privateKey(keyFile)));
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the certificates cannot be used (" + this + "): " + e.getMessage(), e);
        }
        return builder.build();
    }

    private static TrustManager[] trust(List<Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] identity(List<Certificate> chain, PrivateKey key)
            throws GeneralSecurityException, IOException {
        char[] nobodyElseSeesThisStore = new char[0];
        KeyStore store = emptyStore();
        store.setKeyEntry("client", key, nobodyElseSeesThisStore, chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, nobodyElseSeesThisStore);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String option, Path file) {
        try {
            List<Certificate> found = List.copyOf(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(option, file))));
            if (!found.isEmpty()) {
                return found;
            }
            throw new IllegalArgumentException(option + " " + file + " holds no certificate in PEM");
        } catch (CertificateException e) {
            throw new IllegalArgumentException(option + " " + file + " holds no certificate in PEM", e);
        }
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
        Matcher pem = PKCS8.matcher(new String(read("keyFile", file), StandardCharsets.ISO_8859_1));
        String wanted = "keyFile " + file + " holds no private key in PEM that is not encrypted and begins with"
                + " \"-----BEGIN PRIVATE KEY-----\"; another form is changed into it by: openssl pkcs8 -topk8 -nocrypt"
                + " -in FILE";
        if (!pem.find()) {
            throw new IllegalArgumentException(wanted);
        }
        PKCS8EncodedKeySpec spec;
        try {
            spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(wanted, e);
        }
        InvalidKeySpecException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                last = e;
            }
        }
        throw new IllegalArgumentException(wanted, last);
    }

    private static byte[] read(String option, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + option + " " + file + ": " + e, e);
        }
    }
}
