package dev.election.http.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** Makes service account tokens that expire within seconds; an API server itself issues none for less than ten minutes. */
final class ShortLivedTokens {

    /** An API server takes its clock, and those of others, to be wrong by up to so much. */
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private final PrivateKey key;

    /** @param key the one that the API server signs with, in PEM */
    ShortLivedTokens(Path key) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(key).replaceAll("-----[^-]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(base64);
        this.key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    /** The same token, which is refused after so long. */
    String expiringIn(Duration life, String token) throws IOException, GeneralSecurityException {
        String[] parts = token.split("\\.");
        ObjectNode claims =
                (ObjectNode) new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
        claims.put("exp", Instant.now().plus(life).minus(LEEWAY).getEpochSecond());
        String signed = parts[0] + "." + encoded(claims.toString().getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + encoded(signature.sign());
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
