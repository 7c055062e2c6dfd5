package dev.election.http.command;

/** How text is marked: by the escape sequences of a terminal (ECMA-48), or not at all. */
enum Style {
    PLAIN,
    COLOURS;

    String bold(String text) {
        return marked("1", text);
    }

    String good(String text) {
        return marked("32", text);
    }

    String warning(String text) {
        return marked("33", text);
    }

    String bad(String text) {
        return marked("31", text);
    }

    private String marked(String code, String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
