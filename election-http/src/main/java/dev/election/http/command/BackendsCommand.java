package dev.election.http.command;

import dev.election.spi.ElectionBackendProvider;
import dev.election.spi.UriOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Shows the kinds of stores that are at hand. */
final class BackendsCommand implements Subcommand {

    @Override
    public String name() {
        return "backends";
    }

    @Override
    public String summary() {
        return "Shows the kinds of stores that are at hand, with the form and options of their URIs.";
    }

    @Override
    public String synopsis() {
        return "[--output=json]";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.OUTPUT);
    }

    @Override
    public List<String> details() {
        return List.of("Those whose jars are in ext/ are among them.");
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("For people", "election backends"),
                new Example("The schemes alone", "election backends --output=json | jq -r '.backends[].scheme'"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public int run(Invocation invocation) throws IOException {
        boolean json = invocation.options().json();
        LogLine.use(LogLevel.WARN);
        List<ElectionBackendProvider> providers = new ArrayList<>();
        try {
            ServiceLoader.load(ElectionBackendProvider.class).forEach(providers::add);
        } catch (ServiceConfigurationError e) {
            throw new IOException("a backend on the class path cannot be used: " + e.getMessage(), e);
        }
        providers.sort(Comparator.comparing(ElectionBackendProvider::scheme));
        Terminal terminal = invocation.terminal();
        terminal.answer(json ? json(providers) : text(providers, terminal.outStyle()));
        return ExitCode.OK.code();
    }

    static String text(List<ElectionBackendProvider> providers, Style style) {
        StringBuilder text = new StringBuilder();
        for (ElectionBackendProvider provider : providers) {
            // Which options there are is told below, one in a line.
            String form = provider.options().isEmpty() ? provider.uriForm() : location(provider.uriForm());
            text.append(text.isEmpty() ? "" : "\n").append(style.bold(form)).append('\n');
            int width = provider.options().stream()
                    .mapToInt(option -> shown(option).length())
                    .max()
                    .orElse(0);
            for (UriOption option : provider.options()) {
                String name = shown(option);
                text.append("  ").append(name).append(" ".repeat(width - name.length() + 2));
                text.append(option.meaning()).append('\n');
            }
        }
        return text.toString();
    }

    private static String shown(UriOption option) {
        return option.name() + "=" + option.value();
    }

    private static String location(String uriForm) {
        return uriForm.split("[? ]", 2)[0];
    }

    static String json(List<ElectionBackendProvider> providers) {
        return Json.line(json -> {
            json.writeArrayFieldStart("backends");
            for (ElectionBackendProvider provider : providers) {
                json.writeStartObject();
                json.writeStringField("scheme", provider.scheme());
                json.writeStringField("form", provider.uriForm());
                json.writeArrayFieldStart("options");
                for (UriOption option : provider.options()) {
                    json.writeStartObject();
                    json.writeStringField("name", option.name());
                    json.writeStringField("value", option.value());
                    json.writeStringField("meaning", option.meaning());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
