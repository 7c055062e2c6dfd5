package dev.election.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** What a server shows to be who it is: a certificate with its key, from PEM files. */
final class Certificate {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** Clients that come back bring a ticket themselves; the others must not fill our memory. */
    private static final int SESSIONS_KEPT = 100;

    private Certificate() {}

    /**
     * @param chain the certificate, followed by those that vouch for it
     * @param key PKCS #8, not encrypted
     * @throws IllegalArgumentException saying which file is wrong, and what was expected
     */
    static SSLContext context(Path chain, Path key) {
        try {
            X509Certificate[] certificates = certificates(chain);
            PrivateKey privateKey = privateKey(key, certificates[0].getPublicKey());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", privateKey, new char[0], certificates);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS_KEPT);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot use " + chain + " with " + key + " for TLS", e);
        }
    }

    private static X509Certificate[] certificates(Path file) throws GeneralSecurityException {
        try {
            X509Certificate[] certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(file)))
                    .toArray(new X509Certificate[0]);
            if (certificates.length > 0) {
                return certificates;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException(file + " is no file of certificates in PEM", e);
        }
        throw new IllegalArgumentException(file + " holds no certificate");
    }

    private static PrivateKey privateKey(Path file, PublicKey of) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(read(file), ISO_8859_1));
        if (!pem.find()) {
            throw new IllegalArgumentException(file + " holds no key as PKCS #8 in PEM (BEGIN PRIVATE KEY), which"
                    + " \"openssl pkcs8 -topk8 -nocrypt\" makes of others");
        }
        PrivateKey key;
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
            key = KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " is no key for the certificate, which has " + of.getAlgorithm());
        }
        if (!belongTogether(key, of)) {
            throw new IllegalArgumentException(file + " is the key of another certificate");
        }
        return key;
    }

    private static boolean belongTogether(PrivateKey key, PublicKey of) throws GeneralSecurityException {
        String algorithm = of.getAlgorithm();
        Signature signature = Signature.getInstance(
                algorithm.equals("RSA") ? "SHA256withRSA" : algorithm.equals("EC") ? "SHA256withECDSA" : algorithm);
        byte[] text = {1};
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(of);
        signature.update(text);
        return signature.verify(signed);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("there is no file \"" + file + "\" that we may read", e);
        }
    }
}
