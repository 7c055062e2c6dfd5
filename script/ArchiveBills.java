import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Writes a bill of materials beside each archive, which lists what is in it, from the bill of all that the build used:
 * {@code java -cp JACKSON script/ArchiveBills.java BILL ARCHIVE.zip...}. Fails if an archive has a jar that the bill
 * does not, or another one of that name.
 */
class ArchiveBills {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of a component, in the form of the package-url specification for Maven. */
    private static final Pattern PURL = Pattern.compile("pkg:maven/[^/]+/([^@]+)@([^?]+)\\?(?:classifier=([^&]+)&)?type=jar");

    public static void main(String[] arguments) throws Exception {
        for (int i = 1; i < arguments.length; i++) {
            Path archive = Path.of(arguments[i]);
            ObjectNode bill = (ObjectNode) JSON.readTree(Files.readAllBytes(Path.of(arguments[0])));
            reduce(bill, jars(archive), archive);
            String name = archive.getFileName().toString().replaceFirst("\\.zip$", ".cdx.json");
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(bill);
            Files.write(archive.resolveSibling(name), text);
        }
    }

    private static void reduce(ObjectNode bill, Map<String, String> jars, Path archive) {
        JsonNode program = bill.path("metadata").path("component");
        Set<String> listed = new HashSet<>(Set.of(program.path("bom-ref").asText()));
        jars.remove(fileName(program)); // made after its bill, so that has no digest of it
        ArrayNode components = JSON.createArrayNode();
        for (JsonNode component : bill.withArray("components")) {
            String digest = jars.remove(fileName(component));
            if (digest != null) {
                if (!digest.equals(sha256(component))) {
                    throw new IllegalStateException(archive + " has another " + fileName(component));
                }
                components.add(component);
                listed.add(component.path("bom-ref").asText());
            }
        }
        if (!jars.isEmpty()) {
            throw new IllegalStateException(archive + " has what the bill of materials does not: " + jars.keySet());
        }
        bill.set("components", components);
        ArrayNode dependencies = JSON.createArrayNode();
        for (JsonNode each : bill.withArray("dependencies")) {
            if (listed.contains(each.path("ref").asText())) {
                ArrayNode on = JSON.createArrayNode();
                each.path("dependsOn").forEach(ref -> {
                    if (listed.contains(ref.asText())) {
                        on.add(ref);
                    }
                });
                dependencies.add(((ObjectNode) each).set("dependsOn", on));
            }
        }
        bill.set("dependencies", dependencies);
    }

    private static String fileName(JsonNode component) {
        Matcher purl = PURL.matcher(component.path("purl").asText());
        if (!purl.matches()) {
            throw new IllegalStateException("not the name of a jar: " + component.path("purl"));
        }
        return purl.group(1) + "-" + purl.group(2) + (purl.group(3) == null ? "" : "-" + purl.group(3)) + ".jar";
    }

    private static String sha256(JsonNode component) {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asText().equals("SHA-256")) {
                return hash.path("content").asText();
            }
        }
        return "";
    }

    /** Its jars with their digests. */
    private static Map<String, String> jars(Path archive) throws IOException, GeneralSecurityException {
        Map<String, String> jars = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.getName().endsWith(".jar")) {
                    try (InputStream content = zip.getInputStream(entry)) {
                        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.readAllBytes());
                        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                        jars.put(name, HexFormat.of().formatHex(digest));
                    }
                }
            }
        }
        return jars;
    }
}
