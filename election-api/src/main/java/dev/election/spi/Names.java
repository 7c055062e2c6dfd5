package dev.election.spi;

import java.util.regex.Pattern;

/**
 * The one portable rule for names of elections and identities of candidates, so that each works on every store (rule
 * S11). The core applies it before any I/O.
 */
public final class Names {

    /** Kubernetes allows 253; a file name has 255 bytes, of which the file backend needs some for its suffixes. */
    private static final int MAX_NAME = 200;

    /** Leaves room for the incarnation below common limits of 255. */
    private static final int MAX_IDENTITY = 200;

    private static final String LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";

    private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

    private Names() {}

    /**
     * Checks the name of an election: 1 to 200 characters, lower-case letters, digits, {@code -} and {@code .}, each
     * part between dots beginning and ending with a letter or digit (an RFC 1123 subdomain).
     *
     * @return the name
     * @throws IllegalArgumentException stating the rule
     */
    public static String requireElection(String name) {
        if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an election's name has 1 to " + MAX_NAME
                    + " characters: lower-case letters, digits, '-' and '.', each part between dots beginning and"
                    + " ending with a letter or digit; got " + quote(name));
        }
        return name;
    }

    /**
     * Checks the identity of a candidate: 1 to 200 printable ASCII characters without spaces.
     *
     * @return the identity
     * @throws IllegalArgumentException stating the rule
     */
    public static String requireIdentity(String identity) {
        boolean printable = identity.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (identity.isEmpty() || identity.length() > MAX_IDENTITY || !printable) {
            throw new IllegalArgumentException("a candidate's identity has 1 to " + MAX_IDENTITY
                    + " printable ASCII characters and no spaces; got " + quote(identity));
        }
        return identity;
    }

    /** Quotes for a one-line message: control characters made visible, and not longer than a line. */
    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().limit(MAX_NAME).forEach(c -> {
            if (c < 0x20 || c > 0x7e) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        quoted.append('"');
        return text.length() > MAX_NAME ? quoted + "… (" + text.length() + " characters)" : quoted.toString();
    }
}
