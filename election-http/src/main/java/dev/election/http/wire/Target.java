package dev.election.http.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request line asks for: {@code /path?query}, or with {@code http://host} before it.
 *
 * @param authority host and port of an absolute target; else empty
 */
record Target(String authority, String path, Map<String, String> query) {

    static Target parse(String text) throws Refusal {
        String authority = "";
        String rest = text;
        int scheme = text.startsWith("http://") ? 7 : text.startsWith("https://") ? 8 : 0;
        if (scheme > 0) {
            int slash = text.indexOf('/', scheme);
            authority = slash < 0 ? text.substring(scheme) : text.substring(scheme, slash);
            rest = slash < 0 ? "/" : text.substring(slash);
        }
        if (!rest.startsWith("/") || rest.contains("#")) {
            throw new Refusal(400, "what is asked for is a path such as /isLeader");
        }
        int question = rest.indexOf('?');
        String path = question < 0 ? rest : rest.substring(0, question);
        String query = question < 0 ? "" : rest.substring(question + 1);
        return new Target(authority, decoded(path), parameters(query));
    }

    private static Map<String, String> parameters(String query) throws Refusal {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String each : query.split("&")) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String value = equals < 0 ? "" : each.substring(equals + 1);
            parameters.putIfAbsent(decoded(name.replace('+', ' ')), decoded(value.replace('+', ' ')));
        }
        return parameters;
    }

    private static String decoded(String text) throws Refusal {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low < 0) {
                throw new Refusal(400, "a % in what is asked for is followed by two hexadecimal digits");
            }
            bytes.write(16 * high + low);
            i += 2;
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(400, "what is asked for is not UTF-8");
        }
    }
}
